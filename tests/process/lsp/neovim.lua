-- Headless Neovim on one file: starts the server of $SERVER, chooses the action $TITLE at the word $WORD, and waits for
-- the edit, which it writes to the file.
local command = vim.split(vim.env.SERVER, "\n")
local buffer = vim.api.nvim_get_current_buf()
local settings = { name = "stepwise", cmd = command, root_dir = vim.fn.getcwd() }
if vim.lsp.start then
  vim.lsp.start(settings)
else -- before 0.8
  vim.lsp.buf_attach_client(buffer, vim.lsp.start_client(settings))
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

local function is_ready()
  local client = vim.lsp.buf_get_clients(buffer)[next(vim.lsp.buf_get_clients(buffer))]
  return client ~= nil and client.initialized
end

vim.ui.select = function(items, _, on_choice)
  for _, item in ipairs(items) do
    local action = item.action or item[2] or item
    if action.title == vim.env.TITLE then return on_choice(item) end
  end
  io.stderr:write("there is no such action: " .. vim.inspect(items))
  vim.cmd("cquit")
end

local before = text()
assert(vim.wait(20000, is_ready, 20), "the server did not start")
vim.fn.search(vim.env.WORD)
vim.lsp.buf.code_action()
assert(vim.wait(20000, function() return text() ~= before end, 20), "nothing was edited")
vim.cmd("write")
vim.cmd("qall!")

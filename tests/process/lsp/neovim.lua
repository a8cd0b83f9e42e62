-- Headless Neovim, set up as docs/editors.md says, on one file: chooses the action $TITLE at the word $WORD, after Lean has
-- reported the error $ERROR there, if any, and waits for the edit, which it writes to the file.
local buffer = vim.api.nvim_get_current_buf()

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n")
end

local function is_ready()
  local client = vim.lsp.buf_get_clients(buffer)[next(vim.lsp.buf_get_clients(buffer))]
  return client ~= nil and client.initialized
end

local function report(message)
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local error = { lnum = line - 1, col = column, message = message, severity = vim.diagnostic.severity.ERROR }
  vim.diagnostic.set(vim.api.nvim_create_namespace("Lean"), buffer, { error })
end

vim.ui.select = function(items, _, on_choice)
  for _, item in ipairs(items) do
    local action = item.action or item[2] or item
    if action.title == vim.env.TITLE then return on_choice(item) end
  end
  io.stderr:write("there is no such action: " .. vim.inspect(items))
  vim.cmd("cquit")
end

local function check(is_well, otherwise)
  if is_well then return end
  io.stderr:write(otherwise)
  vim.cmd("cquit")
end

local before = text()
check(vim.wait(20000, is_ready, 20), "the server did not start")
vim.fn.search(vim.env.WORD)
if vim.env.ERROR then report(vim.env.ERROR) end
vim.api.nvim_feedkeys("\\s", "mx", false) -- <leader>s
check(vim.wait(20000, function() return text() ~= before end, 20), "nothing was edited")
vim.cmd("write")
vim.cmd("qall!")

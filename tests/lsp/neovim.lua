-- Neovim's own client on a file: what is shown, what is answered. Prints one line for each.
local file, crnlc = os.getenv('FILE'), os.getenv('CRNLC')
require('crnl').setup({ cmd = { crnlc, 'lsp' } })
vim.cmd('filetype plugin indent on')
vim.cmd('syntax on')
vim.cmd('edit ' .. file)
local function wait_for(what, done)
  if not vim.wait(60000, done, 20) then
    print('no ' .. what)
    vim.cmd('cquit')
  end
end
local function ask(method, row, column)
  vim.api.nvim_win_set_cursor(0, { row, column })
  local answer
  vim.lsp.buf_request(0, method, vim.lsp.util.make_position_params(), function(err, result)
    answer = { err, result }
  end)
  wait_for(method, function() return answer end)
  return answer[2]
end
print('filetype ' .. vim.bo.filetype)
wait_for('diagnostics', function() return #vim.diagnostic.get(0) > 0 end)
print('diagnostic ' .. vim.diagnostic.get(0)[1].message:gsub('\n', ' '))
local id = vim.fn.synID(1, 1, 1)
print('colour ' .. vim.fn.synIDattr(id, 'name'))
print('hover ' .. ask('textDocument/hover', 2, 10).contents.value:gsub('\n', ' '))
print('definition ' .. ask('textDocument/definition', 4, 2).range.start.line)
local labels = {}
for _, item in ipairs(ask('textDocument/completion', 4, 7)) do
  labels[item.label] = true
end
print('completion ' .. tostring(labels.rate) .. ' ' .. tostring(labels.network))
-- The fix, as a key would apply it.
vim.api.nvim_win_set_cursor(0, { 4, 8 })
local params = vim.lsp.util.make_range_params()
params.context = { diagnostics = {} }
local done
vim.lsp.buf_request(0, 'textDocument/codeAction', params, function(_, result)
  vim.lsp.util.apply_workspace_edit(result[1].edit, 'utf-16')
  done = true
end)
wait_for('fix', function() return done end)
wait_for('end of diagnostics', function() return #vim.diagnostic.get(0) == 0 end)
print('fixed ' .. vim.api.nvim_buf_get_lines(0, 3, 4, true)[1])
vim.cmd('normal! Go')
print('indent ' .. vim.fn.CrnlIndent(3) .. ' ' .. vim.fn.CrnlIndent(5))
vim.cmd('qall!')

-- The language server in Neovim from 0.7 on: require('crnl').setup() in init.lua.
local crnl = {}
local clients = {}

function crnl.attach(buffer, options)
  local command = options.cmd or { 'crnlc', 'lsp' }
  local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':p:h')
  clients[folder] = clients[folder] or vim.lsp.start_client({
    name = 'crnlc',
    cmd = command,
    root_dir = folder,
    on_attach = options.on_attach,
    on_exit = function() clients[folder] = nil end,
  })
  if clients[folder] then
    vim.lsp.buf_attach_client(buffer, clients[folder])
  end
end

function crnl.setup(options)
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'crnl',
    callback = function(event) crnl.attach(event.buf, options or {}) end,
  })
end

return crnl

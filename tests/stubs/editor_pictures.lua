-- Neovim's own language client on pyright, for the pictures in docs/editors.md.
-- WANTED names what is shown; READY is a file that is written once it is on the screen.
local wanted, ready = vim.env.WANTED, vim.env.READY

vim.o.termguicolors = true
vim.o.background = "light"
vim.o.number = true
vim.o.signcolumn = "no"
vim.o.laststatus = 0
vim.o.ruler = false
vim.o.showmode = false
vim.o.linebreak = true
vim.o.swapfile = false
vim.o.completeopt = "menuone,noselect"
vim.opt.shortmess:append("cFI")
vim.cmd("syntax on")

local function paint(group, colours) vim.api.nvim_set_hl(0, group, colours) end
paint("Normal", { fg = "#1f2328", bg = "#ffffff" })
paint("LineNr", { fg = "#8c959f" })
paint("String", { fg = "#0a3069" })
paint("Statement", { fg = "#cf222e" })
paint("PreProc", { fg = "#cf222e" })
paint("Include", { fg = "#cf222e" })
paint("Function", { fg = "#8250df" })
paint("Constant", { fg = "#0550ae" })
paint("Type", { fg = "#953800" })
paint("NonText", { fg = "#ffffff" })
paint("NormalFloat", { fg = "#1f2328", bg = "#f0f3f6" })
paint("FloatBorder", { fg = "#57606a", bg = "#f0f3f6" })
paint("Pmenu", { fg = "#1f2328", bg = "#e6ebf0" })
paint("PmenuThumb", { bg = "#8c959f" })
paint("DiagnosticUnderlineError", { underline = true, fg = "#cf222e" })
paint("DiagnosticError", { fg = "#cf222e" })
paint("DiagnosticFloatingError", { fg = "#cf222e" })
paint("LspSignatureActiveParameter", { bold = true, fg = "#0550ae" })
vim.diagnostic.config({ virtual_text = false, signs = false })

local function on_screen()
  vim.cmd("redraw!")
  vim.defer_fn(function() vim.fn.writefile({}, ready) end, 500)
end

local function has_float()
  return #vim.api.nvim_list_wins() > 1
end

-- Each is asked again until it is on the screen: the server may still be reading.
local pictures = {
  mistake = {
    show = function() vim.diagnostic.open_float({ scope = "cursor", header = "", source = true, border = "single" }) end,
    seen = has_float,
  },
  hover = { show = vim.lsp.buf.hover, seen = has_float },
  signature = { show = vim.lsp.buf.signature_help, seen = has_float },
  completion = {
    show = function() vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes("<C-x><C-o>", true, false, true), "n", true) end,
    seen = function() return vim.fn.pumvisible() == 1 end,
  },
}

local function draw()
  local picture = pictures[wanted]
  if picture.seen() then return on_screen() end
  if wanted ~= "mistake" or #vim.diagnostic.get(0) > 0 then picture.show() end
  vim.defer_fn(draw, 3000)
end

for _, method in ipairs({ "hover", "signatureHelp" }) do
  local handler = vim.lsp.handlers["textDocument/" .. method]
  vim.lsp.handlers["textDocument/" .. method] = vim.lsp.with(handler, { border = "single", max_width = 84 })
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = "python",
  callback = function()
    local client = vim.lsp.start_client({
      name = "pyright",
      cmd = { "pyright-langserver", "--stdio" },
      root_dir = vim.fn.getcwd(),
      on_attach = function(_, buffer)
        vim.bo[buffer].omnifunc = "v:lua.vim.lsp.omnifunc"
        vim.fn.search(vim.env.CURSOR, "e")
        if wanted == "completion" or wanted == "signature" then vim.cmd("startinsert!") end
        vim.defer_fn(draw, 3000)
      end,
    })
    vim.lsp.buf_attach_client(0, client)
  end,
})

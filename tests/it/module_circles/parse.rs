//! Reads the sources of one crate into modules. Modules for tests are left out.

use std::{collections::BTreeSet, fs, path::Path, path::PathBuf};

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use syn::{Attribute, Item, UseTree, Visibility, parse::Parser, visit::Visit};

use super::module::{Import, Mention, Module};

/// The modules below one root file, such as `src/lib.rs`. The first is the root.
pub(super) struct Parsed {
    pub(super) modules: Vec<Module>,
    /// Every file that was read, or that is a test's.
    pub(super) files: BTreeSet<PathBuf>,
}

pub(super) fn parse(folder: &Path, root: &Path) -> Parsed {
    let mut parsed = Parsed { modules: Vec::new(), files: BTreeSet::new() };
    let below = root.parent().unwrap().to_owned();
    parsed.file(folder, root, &below, "crate".to_owned(), None);
    parsed
}

impl Parsed {
    fn file(
        &mut self,
        folder: &Path,
        file: &Path,
        below: &Path,
        name: String,
        parent: Option<usize>,
    ) -> usize {
        self.files.insert(file.to_owned());
        let text = fs::read_to_string(file)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
        let syntax = syn::parse_file(&text)
            .unwrap_or_else(|error| panic!("{} cannot be parsed: {error}", file.display()));
        let file = file.strip_prefix(folder).unwrap().display().to_string();
        self.module(folder, &file, below, name, parent, &syntax.items)
    }

    /// Files of modules inside this one are in the folder `below`.
    fn module(
        &mut self,
        folder: &Path,
        file: &str,
        below: &Path,
        name: String,
        parent: Option<usize>,
        items: &[Item],
    ) -> usize {
        let index = self.modules.len();
        self.modules.push(Module { name, file: file.to_owned(), parent, ..Module::default() });
        for item in items {
            let Item::Mod(child) = item else {
                if !is_for_tests(attributes(item)) {
                    self.define(index, item);
                    Code { module: &mut self.modules[index] }.visit_item(item);
                }
                continue;
            };
            let word = child.ident.to_string();
            let inner = below.join(&word);
            let beside = below.join(format!("{word}.rs"));
            let beside = if beside.exists() { beside } else { inner.join("mod.rs") };
            assert!(
                !child.attrs.iter().any(|attribute| attribute.path().is_ident("path")),
                "{file}: a module with a path of its own is not understood here"
            );
            if is_for_tests(&child.attrs) {
                self.files.insert(beside);
                continue;
            }
            let name = match parent {
                None => word.clone(),
                Some(_) => format!("{}::{word}", self.modules[index].name),
            };
            let made = match &child.content {
                Some((_, items)) => self.module(folder, file, &inner, name, Some(index), items),
                None => self.file(folder, &beside, &inner, name, Some(index)),
            };
            self.modules[index].children.insert(word, made);
        }
        index
    }

    fn define(&mut self, index: usize, item: &Item) {
        let module = &mut self.modules[index];
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Macro(item) => match &item.ident {
                Some(name) => name,
                None => {
                    module.has_generated_items = true;
                    return;
                }
            },
            _ => return,
        };
        module.items.insert(name.to_string());
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// Collects what the code of one module names.
struct Code<'a> {
    module: &'a mut Module,
}

impl Code<'_> {
    fn mention(&mut self, segments: Vec<String>, span: Span) {
        let line = span.start().line;
        self.module.mentions.push(Mention { segments, line });
    }

    fn import(&mut self, tree: &UseTree, before: &[String], is_reexport: bool) {
        let segments = |last: &syn::Ident| {
            let mut segments = before.to_vec();
            // `a::{self}` brings `a`.
            if last != "self" || before.is_empty() {
                segments.push(last.to_string());
            }
            segments
        };
        let (segments, name, line) = match tree {
            UseTree::Path(path) => {
                return self.import(&path.tree, &segments(&path.ident), is_reexport);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(tree, before, is_reexport));
            }
            UseTree::Name(name) => {
                let segments = segments(&name.ident);
                let bound = segments.last().cloned();
                (segments, bound, name.ident.span().start().line)
            }
            UseTree::Rename(rename) => {
                let bound = Some(rename.rename.to_string()).filter(|name| name != "_");
                (segments(&rename.ident), bound, rename.ident.span().start().line)
            }
            UseTree::Glob(glob) => (before.to_vec(), None, glob.star_token.span.start().line),
        };
        self.module.imports.push(Import {
            name,
            is_glob: matches!(tree, UseTree::Glob(_)),
            is_reexport,
            path: Mention { segments, line },
        });
    }

    /// The paths in what a macro or an attribute is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let punctuation = |at: usize| match tokens.get(at) {
            Some(TokenTree::Punct(mark)) => Some((mark.as_char(), mark.spacing())),
            _ => None,
        };
        let colons = |at: usize| {
            punctuation(at) == Some((':', Spacing::Joint))
                && punctuation(at + 1).is_some_and(|(mark, _)| mark == ':')
        };
        let mut at = 0;
        while at < tokens.len() {
            let start = at;
            at += 1;
            match &tokens[start] {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut segments = vec![first.to_string()];
                    while colons(at)
                        && let Some(TokenTree::Ident(next)) = tokens.get(at + 2)
                    {
                        segments.push(next.to_string());
                        at += 3;
                    }
                    let before = start.checked_sub(1).and_then(punctuation).map(|(mark, _)| mark);
                    let is_part = match before {
                        // A method, a lifetime, the end of a path from outside.
                        Some('.' | '\'' | ':') => true,
                        Some('$') => first != "crate",
                        _ => false,
                    };
                    // `name: value` and `name = value` name a field.
                    let is_field = segments.len() == 1
                        && match punctuation(at) {
                            Some((':', Spacing::Alone)) => true,
                            Some(('=', spacing)) => spacing == Spacing::Alone,
                            _ => false,
                        };
                    if !is_part && !is_field {
                        self.mention(segments, first.span());
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// `#[serde(with = "crate::seconds")]` names a path in a string.
    fn strings(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                    self.strings(group.stream());
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let text = text.trim_matches('"');
                    let path = syn::Path::parse_mod_style.parse_str(text);
                    if let Ok(path) = path {
                        let segments = path.segments.iter();
                        let segments = segments.map(|segment| segment.ident.to_string()).collect();
                        self.mention(segments, literal.span());
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Code<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            let is_reexport = !matches!(item.vis, Visibility::Inherited);
            self.import(&item.tree, &[], is_reexport);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string());
            self.mention(segments.collect(), first.ident.span());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.visit_path(&called.path);
        self.tokens(called.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        // A link in a comment is no use.
        if attribute.path().is_ident("doc") {
            return;
        }
        self.visit_path(attribute.path());
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
            self.strings(list.tokens.clone());
        }
    }

    // `pub(in crate::a)` names who may see an item, not what it uses.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, method: &'ast syn::ImplItemFn) {
        if !is_for_tests(&method.attrs) {
            syn::visit::visit_impl_item_fn(self, method);
        }
    }
}

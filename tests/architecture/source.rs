//! Reads one Rust source file as the architecture test needs it: the paths it names, written out in full.
//!
//! `use` groups are taken apart, `super::` and names bound by `use` are followed, macro bodies and attributes
//! are searched; what stands under `#[cfg(test)]` is left out. Which path is allowed where is not known here.

use std::collections::BTreeMap;
use syn::buffer::{Cursor, TokenBuffer};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, UseTree};

/// A path, segment by segment. One of ours begins with `crate`; a glob ends with `*`.
pub type Path = Vec<String>;

/// One file under `src`, as far as the rules ask.
pub struct Source {
    /// Below `src`, with forward slashes: `app/editor.rs`.
    pub file: String,
    pub text: String,
    /// The module that the file is: `["app", "editor"]`.
    pub module: Path,
    /// Every path outside tests, as often as it stands there.
    pub paths: Vec<Path>,
    /// Whether it has an `async` function or block.
    pub has_async: bool,
    /// Modules that are files of their own and compiled in tests only: `#[cfg(test)] mod tests;`.
    pub test_modules: Vec<Path>,
}

impl Source {
    pub fn parse(file: &str, text: &str) -> Self {
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("src/{file}: {error}"));
        let module = module_of(file);
        let mut reader = Reader {
            module: module.clone(),
            ..Reader::default()
        };
        reader.visit_file(&syntax);
        let paths = (reader.named.iter())
            .flat_map(|named| reader.written_out(named, 0))
            .collect();
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            module,
            paths,
            has_async: reader.has_async,
            test_modules: reader.test_modules,
        }
    }

    /// Returns the first module: the folder, or `lib` or `main`.
    pub fn folder(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }
}

fn module_of(file: &str) -> Path {
    let stem = file.trim_end_matches(".rs").trim_end_matches("/mod");
    match stem {
        "lib" => Path::new(),
        _ => stem.split('/').map(str::to_owned).collect(),
    }
}

/// A path as it stands in the file, and the module in which it stands.
#[derive(Clone)]
struct Named {
    module: Path,
    path: Path,
}

#[derive(Default)]
struct Reader {
    module: Path,
    named: Vec<Named>,
    /// What `use` binds to a name, scopes ignored: a name bound twice stands for both.
    bound: BTreeMap<String, Vec<Named>>,
    has_async: bool,
    test_modules: Vec<Path>,
}

impl Reader {
    fn name(&mut self, path: Path) {
        let module = self.module.clone();
        self.named.push(Named { module, path });
    }

    fn flatten(&mut self, tree: &UseTree, mut path: Path) {
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                self.flatten(&step.tree, path);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.flatten(tree, path.clone());
                }
            }
            UseTree::Name(last) => self.bind(last.ident.to_string(), path, &last.ident),
            UseTree::Rename(last) => self.bind(last.rename.to_string(), path, &last.ident),
            UseTree::Glob(_) => {
                path.push("*".to_owned());
                self.name(path);
            }
        }
    }

    fn bind(&mut self, mut name: String, mut path: Path, last: &syn::Ident) {
        let prefix_itself = last == "self" && !path.is_empty();
        if !prefix_itself {
            path.push(last.to_string());
        } else if name == "self" {
            name = path.last().cloned().unwrap_or_default();
        }
        let module = self.module.clone();
        let named = Named {
            module,
            path: path.clone(),
        };
        self.bound.entry(name).or_default().push(named);
        self.name(path);
    }

    /// Returns what a path stands for: from the crate's root where it is ours, else from the crate's name.
    fn written_out(&self, named: &Named, depth: usize) -> Vec<Path> {
        let Named { module, path } = named;
        let ours = |module: &[String], rest: &[String]| {
            let root = ["crate".to_owned()];
            vec![[root.as_slice(), module, rest].concat()]
        };
        match path[0].as_str() {
            "crate" | "masthead" => ours(&[], &path[1..]),
            "self" => ours(module, &path[1..]),
            "super" => {
                let climbs = path
                    .iter()
                    .take_while(|segment| *segment == "super")
                    .count();
                let kept = module.len().saturating_sub(climbs);
                ours(&module[..kept], &path[climbs..])
            }
            first => {
                let bound = self.bound.get(first).map_or(&[][..], Vec::as_slice);
                let followed: Vec<Path> = (bound.iter())
                    .filter(|bound| bound.path[0] != first && depth < 8)
                    .flat_map(|bound| self.written_out(bound, depth + 1))
                    .map(|prefix| [&prefix, &path[1..]].concat())
                    .collect();
                if followed.is_empty() {
                    vec![path.clone()]
                } else {
                    followed
                }
            }
        }
    }

    /// Finds `a::b::c` and `a::{b, c::d}` among tokens; inside the braces of the latter, `prefix` is `a`.
    fn search(&mut self, mut cursor: Cursor<'_>, prefix: &[String], strings: Strings) {
        let mut path = prefix.to_vec();
        let mut colons = 2;
        while !cursor.eof() {
            if let Some((ident, next)) = cursor.ident() {
                if colons != 2 {
                    self.finish(std::mem::replace(&mut path, prefix.to_vec()));
                }
                path.push(ident.to_string());
                (colons, cursor) = (0, next);
                continue;
            }
            if let Some((punct, next)) = cursor.punct()
                && punct.as_char() == ':'
                && colons < 2
            {
                (colons, cursor) = (colons + 1, next);
                continue;
            }
            if let Some((inner, _, _, next)) = cursor.any_group() {
                let prefix = if colons == 2 { &path[..] } else { &[] };
                self.search(inner, prefix, strings);
                cursor = next;
            } else if let Some((literal, next)) = cursor.literal() {
                if strings == Strings::MayBePaths {
                    self.quoted(&literal.to_string());
                }
                cursor = next;
            } else if let Some((_, next)) = cursor.token_tree() {
                cursor = next;
            }
            self.finish(std::mem::replace(&mut path, prefix.to_vec()));
            colons = 2;
        }
        self.finish(path);
    }

    /// A lone name is a variable or a type that `use` already brought to light.
    fn finish(&mut self, path: Path) {
        if path.len() > 1 {
            self.name(path);
        }
    }

    /// Reads `"crate::store::text"` in an attribute such as serde's `with`.
    fn quoted(&mut self, literal: &str) {
        if let Ok(path) = syn::parse_str::<syn::Path>(literal.trim_matches('"')) {
            self.visit_path(&path);
        }
    }
}

/// Whether a string literal can be a path: in attributes it can.
#[derive(Clone, Copy, PartialEq)]
enum Strings {
    AreText,
    MayBePaths,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if !attributes(item).iter().any(is_test_only) {
            visit::visit_item(self, item);
        } else if let Item::Mod(module) = item {
            let name = [module.ident.to_string()];
            self.test_modules.push([&self.module[..], &name].concat());
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !function.attrs.iter().any(is_test_only) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.flatten(&item.tree, Path::new());
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.name(vec![item.ident.to_string()]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Path = (path.segments.iter())
            .map(|segment| segment.ident.to_string())
            .collect();
        self.finish(segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let tokens = TokenBuffer::new2(call.tokens.clone());
        self.search(tokens.begin(), &[], Strings::AreText);
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            let tokens = TokenBuffer::new2(list.tokens.clone());
            self.search(tokens.begin(), &[], Strings::MayBePaths);
        }
        self.visit_path(attribute.path());
    }

    /// `pub(in crate::app)` says who may see, not what is used.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.has_async |= signature.asyncness.is_some();
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        self.has_async = true;
        visit::visit_expr_async(self, block);
    }
}

fn is_test_only(attribute: &Attribute) -> bool {
    fn only_in_tests(meta: &Meta) -> bool {
        let list = |list: &syn::MetaList| {
            list.parse_args_with(Punctuated::<Meta, syn::Token![,]>::parse_terminated)
        };
        match meta {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(all) if all.path.is_ident("all") => {
                list(all).is_ok_and(|metas| metas.iter().any(only_in_tests))
            }
            _ => false,
        }
    }
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<Meta>()
            .is_ok_and(|meta| only_in_tests(&meta))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

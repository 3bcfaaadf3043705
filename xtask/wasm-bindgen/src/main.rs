//! The `wasm-bindgen` command at the version that Cargo.lock pins.
//!
//! Trunk looks for a program of this name whose version equals that of the crate the page is
//! built with. Making it from the same workspace means that the two cannot differ, and that it
//! costs a fraction of installing the full command with its test runner and HTTP server.
//! The arguments are those of the original command; what it warns about as deprecated is
//! accepted and has no effect, as there.
//!
//! The binary is called `wasm-bindgen-pinned` here, since rustc takes a crate named `wasm_bindgen`
//! of version 0.1 for an outdated one and refuses it; `cargo xtask` installs it as `wasm-bindgen`.

use std::path::PathBuf;
use std::sync::LazyLock;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

/// Turns the wasm file that cargo made into one that a browser can load, and its JavaScript glue.
#[derive(Parser)]
#[command(name = "wasm-bindgen", version = VERSION.as_str())]
struct Arguments {
    /// The wasm file made by cargo.
    input: PathBuf,
    /// Where the output goes.
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
    /// File name of the output without extension; that of the input if left out.
    #[arg(long, value_name = "NAME")]
    out_name: Option<String>,
    /// The kind of JavaScript to generate.
    #[arg(long, value_enum, default_value_t = Target::Bundler)]
    target: Target,
    /// The global variable that holds the module, for `--target no-modules`.
    #[arg(long, value_name = "NAME")]
    no_modules_global: Option<String>,
    /// Leave out what only other hosts than browsers need, for `--target bundler`.
    #[arg(long)]
    browser: bool,
    /// Write no `.d.ts` file.
    #[arg(long)]
    no_typescript: bool,
    /// Leave import statements out of the JavaScript.
    #[arg(long)]
    omit_imports: bool,
    /// Do not fall back on the place of the JavaScript when `init` is not told the wasm file's URL.
    #[arg(long)]
    omit_default_module_path: bool,
    /// Write linked modules to files of their own.
    #[arg(long)]
    split_linked_modules: bool,
    /// Add checks to the output.
    #[arg(long)]
    debug: bool,
    /// Keep Rust's mangled symbol names.
    #[arg(long)]
    no_demangle: bool,
    /// Keep what the linker exports.
    #[arg(long)]
    keep_lld_exports: bool,
    /// Keep DWARF sections.
    #[arg(long)]
    keep_debug: bool,
    /// Remove the `name` section.
    #[arg(long)]
    remove_name_section: bool,
    /// Remove the `producers` section.
    #[arg(long)]
    remove_producers_section: bool,
    /// When to use `TextEncoder.encodeInto`.
    #[arg(long, value_enum)]
    encode_into: Option<Encode>,
    /// No effect: found out from the features the module was built with.
    #[arg(long, hide = true)]
    reference_types: bool,
    /// No effect: found out when the module runs.
    #[arg(long, hide = true)]
    weak_refs: bool,
    /// No effect: the default.
    #[arg(long, hide = true, conflicts_with = "no_typescript")]
    typescript: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    Bundler,
    Web,
    NoModules,
    Nodejs,
    ExperimentalNodejsModule,
    Deno,
    Module,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encode {
    Test,
    Always,
    Never,
}

/// The version of the support library, which is the only one whose modules it understands.
static VERSION: LazyLock<String> = LazyLock::new(wasm_bindgen_shared::version);

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut bindgen = Bindgen::new();
    match arguments.target {
        Target::Bundler => bindgen.bundler(true)?,
        Target::Web => bindgen.web(true)?,
        Target::NoModules => bindgen.no_modules(true)?,
        Target::Nodejs => bindgen.nodejs(true)?,
        Target::ExperimentalNodejsModule => bindgen.nodejs_module(true)?,
        Target::Deno => bindgen.deno(true)?,
        Target::Module => bindgen.module(true)?,
    };
    bindgen
        .input_path(&arguments.input)
        .browser(arguments.browser)?
        .typescript(!arguments.no_typescript)
        .omit_imports(arguments.omit_imports)
        .omit_default_module_path(arguments.omit_default_module_path)
        .split_linked_modules(arguments.split_linked_modules)
        .debug(arguments.debug)
        .demangle(!arguments.no_demangle)
        .keep_lld_exports(arguments.keep_lld_exports)
        .keep_debug(arguments.keep_debug)
        .remove_name_section(arguments.remove_name_section)
        .remove_producers_section(arguments.remove_producers_section);
    if let Some(name) = &arguments.out_name {
        bindgen.out_name(name);
    }
    if let Some(name) = &arguments.no_modules_global {
        bindgen.no_modules_global(name)?;
    }
    if let Some(encode) = arguments.encode_into {
        bindgen.encode_into(match encode {
            Encode::Test => EncodeInto::Test,
            Encode::Always => EncodeInto::Always,
            Encode::Never => EncodeInto::Never,
        });
    }
    bindgen.generate(&arguments.out_dir)
}

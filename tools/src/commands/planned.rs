//! Commands of the tutorial that mivc knows by name and does not have yet.
//!
//! Each ends with an error that says so and what to use meanwhile: NeuroH5 files made by the original tools are read
//! by `run-network` as they are.

use crate::cli::{Failure, Outcome};

/// Arguments that are accepted and not looked at.
#[derive(Debug, clap::Args)]
pub struct Anything {
    /// Arguments of the original command
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    arguments: Vec<std::ffi::OsString>,
}

macro_rules! planned {
    ($($variant:ident $name:literal $about:literal)*) => {
        /// Commands that are planned.
        #[derive(Debug, clap::Subcommand)]
        pub enum Planned {
            $(
                #[doc = $about]
                #[command(name = $name, about = concat!($about, " (not in this version)"), disable_help_flag = true)]
                $variant(Anything),
            )*
        }

        fn name(command: &Planned) -> &'static str {
            match command { $(Planned::$variant(_) => $name,)* }
        }
    };
}

planned! {
    GenerateGapjunctions "generate-gapjunctions" "Make gap junctions"
    CheckConfig "check-config" "Check a configuration"
}

/// Says that the command is not here yet.
pub fn run(command: &Planned) -> Outcome {
    let name = name(command);
    Err(Failure::Message(format!(
        "{name}: not part of mivc {} yet; use MiV-Simulator's or NeuroH5's own {name} meanwhile: run-network reads its files",
        env!("CARGO_PKG_VERSION")
    )))
}

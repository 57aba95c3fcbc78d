//! Machine code by Cranelift.
//!
//! `emit` translates one kernel, `call` is the edge at which Rust calls it, `math` are the elementary functions it
//! calls back. All symbols are registered by us; an unknown one is an error, never a search in the process.

mod call;
mod emit;
mod math;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cranelift::codegen;
use cranelift::codegen::ir::UserFuncName;
use cranelift::codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift::codegen::settings::{self, Configurable};
use cranelift::frontend::FunctionBuilderContext;
use cranelift::jit::{JITBuilder, JITModule};
use cranelift::module::{Linkage, Module, ModuleError, default_libcall_names};
use mech_abi::{CompiledMechanism, Kernel as RunKernel, KernelKind, MechanismLayout};

use super::{BackendError, KernelBackend};
use crate::kir::{Kernel, kind_name, validate};

/// Compiles kernels for this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clif;

fn isa() -> Result<OwnedTargetIsa, String> {
    let mut flags = settings::builder();
    let settings = [("opt_level", "speed"), ("is_pic", "false"), ("use_colocated_libcalls", "false")];
    for (name, value) in settings {
        flags.set(name, value).map_err(|error| error.to_string())?;
    }
    let flags = settings::Flags::new(flags);
    cranelift::native::builder()?.finish(flags).map_err(|error| error.to_string())
}

/// Keeps the process's own symbols out: Cranelift would search them for names that were not registered. The functions
/// of this look-up are asked before that search; a name that gets here is unknown, gets an address that nothing calls
/// (the module is thrown away), and is reported.
fn refuse_unknown(builder: &mut JITBuilder) -> Arc<Mutex<Vec<String>>> {
    let unknown = Arc::new(Mutex::new(Vec::new()));
    let list = unknown.clone();
    builder.symbol_lookup_fn(Box::new(move |name| {
        if let Ok(mut names) = list.lock() {
            names.push(name.to_owned());
        }
        Some(std::ptr::dangling())
    }));
    unknown
}

impl KernelBackend for Clif {
    fn compile(&self, layout: Arc<MechanismLayout>, kernels: &[Kernel]) -> Result<CompiledMechanism, BackendError> {
        for kernel in kernels {
            validate(kernel, &layout)?;
        }
        let fail = |why: String| BackendError::Code { mechanism: layout.name.clone(), why };
        let mut builder = JITBuilder::with_isa(isa().map_err(fail)?, default_libcall_names());
        builder.symbols(math::symbols());
        let unknown = refuse_unknown(&mut builder);
        let mut module = JITModule::new(builder);
        let mut shared = FunctionBuilderContext::new();
        let mut ids = Vec::new();
        for kernel in kernels {
            let mut context = module.make_context();
            let convention = module.isa().default_call_conv();
            let config = module.isa().frontend_config();
            emit::emit(kernel, &layout, &mut context.func, &mut shared, &mut module, config, convention);
            let name = format!("{}.{}", kernel.mechanism, kind_name(kernel.kind, &layout));
            let refused = |error: ModuleError| fail(format!("{name}: {error:?}"));
            let declared = module.declare_function(&name, Linkage::Export, &context.func.signature);
            let id = declared.map_err(refused)?;
            module.define_function(id, &mut context).map_err(refused)?;
            ids.push(id);
        }
        module.finalize_definitions().map_err(|error| fail(error.to_string()))?;
        if let Some(name) = unknown.lock().ok().and_then(|names| names.first().cloned()) {
            return Err(fail(format!("machine code calls `{name}`, which is none of its functions")));
        }
        let addresses: Vec<*const u8> = ids.iter().map(|id| module.get_finalized_function(*id)).collect();
        let code = Arc::new(call::Code::new(module));
        let mut all: BTreeMap<KernelKind, Arc<dyn RunKernel>> = BTreeMap::new();
        for (kernel, address) in kernels.iter().zip(addresses) {
            let one = call::Compiled::new(kernel, layout.clone(), address, code.clone());
            all.insert(kernel.kind, Arc::new(one));
        }
        Ok(CompiledMechanism { layout, kernels: all })
    }
}

/// Cranelift's own text of a kernel: the same on every machine.
pub fn clif_text(kernel: &Kernel, layout: &MechanismLayout) -> Result<String, BackendError> {
    validate(kernel, layout)?;
    let mut function = codegen::ir::Function::with_name_signature(
        UserFuncName::testcase(format!("{}.{}", kernel.mechanism, kind_name(kernel.kind, layout))),
        codegen::ir::Signature::new(CallConv::SystemV),
    );
    let mut shared = FunctionBuilderContext::new();
    let mut names = emit::NamedImports;
    let fail = |why: String| BackendError::Code { mechanism: layout.name.clone(), why };
    let mut config = isa().map_err(fail)?.frontend_config();
    config.default_call_conv = CallConv::SystemV;
    config.page_size_align_log2 = 12;
    emit::emit(kernel, layout, &mut function, &mut shared, &mut names, config, CallConv::SystemV);
    Ok(function.display().to_string())
}

#[cfg(test)]
mod tests {
    use cranelift::codegen::ir::{AbiParam, InstBuilder, types::F64};
    use cranelift::frontend::FunctionBuilder;

    use super::*;

    /// Names that a module looks for when its one function calls `callee`.
    fn unknown_when_calling(callee: &str) -> Vec<String> {
        let mut builder = JITBuilder::with_isa(isa().unwrap(), default_libcall_names());
        builder.symbols(math::symbols());
        let unknown = refuse_unknown(&mut builder);
        let mut module = JITModule::new(builder);
        let mut signature = module.make_signature();
        signature.returns.push(AbiParam::new(F64));
        let import = module.declare_function(callee, Linkage::Import, &signature).unwrap();
        let mut context = module.make_context();
        context.func.signature = signature.clone();
        let reference = module.declare_func_in_func(import, &mut context.func);
        let mut shared = FunctionBuilderContext::new();
        let mut b = FunctionBuilder::new(&mut context.func, &mut shared);
        let block = b.create_block();
        b.switch_to_block(block);
        let call = b.ins().call(reference, &[]);
        let answer = b.inst_results(call)[0];
        b.ins().return_(&[answer]);
        b.seal_all_blocks();
        b.finalize(module.isa().frontend_config());
        let id = module.declare_function("caller", Linkage::Export, &signature).unwrap();
        module.define_function(id, &mut context).unwrap();
        module.finalize_definitions().unwrap();
        // Frees the module's memory.
        drop(call::Code::new(module));
        let names = unknown.lock().unwrap();
        names.clone()
    }

    #[test]
    fn the_process_is_never_searched_for_a_function() {
        assert_eq!(unknown_when_calling("exp"), [""; 0]);
        // The C library has both; kernels may call neither.
        assert_eq!(unknown_when_calling("cbrt"), ["cbrt"]);
        assert_eq!(unknown_when_calling("getpid"), ["getpid"]);
    }
}

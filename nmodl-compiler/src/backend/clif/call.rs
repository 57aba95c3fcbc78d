//! The edge between Rust and compiled kernels: the only place here with `unsafe`.

use std::ffi::c_void;
use std::sync::Arc;

use cranelift::jit::JITModule;
use mech_abi::{
    Host, HostCall, IonArrays, Kernel as RunKernel, KernelData, KernelError, KernelKind, MechanismLayout, Touches,
};

use crate::backend::{Shape, touches};
use crate::kir::Kernel;

/// One ion as compiled code sees it.
#[repr(C)]
pub(super) struct RawIon {
    pub(super) reversal: *mut f64,
    pub(super) inside: *mut f64,
    pub(super) outside: *mut f64,
    pub(super) current: *mut f64,
    pub(super) slope: *mut f64,
    pub(super) style: *const u32,
    pub(super) index: *const u32,
    pub(super) charge: f64,
}

/// Arguments of a compiled kernel; `emit` knows these offsets through `std::mem::offset_of`.
#[repr(C)]
pub(super) struct RawArgs {
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) columns: *const *mut f64,
    pub(super) node_index: *const u32,
    pub(super) v: *mut f64,
    pub(super) rhs: *mut f64,
    pub(super) d: *mut f64,
    pub(super) area: *const f64,
    pub(super) diam: *const f64,
    pub(super) ions: *const RawIon,
    pub(super) globals: *mut f64,
    pub(super) weights: *mut f64,
    pub(super) result: *mut f64,
    pub(super) scratch: *mut f64,
    pub(super) t: f64,
    pub(super) dt: f64,
    pub(super) celsius: f64,
    pub(super) secondorder: f64,
    pub(super) state_adjust: f64,
    pub(super) flag: f64,
    pub(super) has_weights: f64,
    pub(super) ask: extern "C" fn(*mut c_void, u64, usize, u64, *const f64, usize) -> f64,
    pub(super) host: *mut c_void,
}

type Entry = unsafe extern "C" fn(*const RawArgs);

/// Passes a request of compiled code to the host.
extern "C" fn ask(host: *mut c_void, call: u64, row: usize, slot: u64, arguments: *const f64, count: usize) -> f64 {
    // SAFETY: `host` is the address of the `&mut dyn Host` that `run` keeps alive and does not touch during the call;
    // `arguments` points at `count` doubles in the caller's frame.
    let (host, arguments) = unsafe {
        let host: &mut &mut dyn Host = &mut *host.cast();
        (host, std::slice::from_raw_parts(arguments, count))
    };
    match HostCall::ALL.get(call as usize) {
        Some(call) => host.call(*call, row, slot as u32, arguments),
        None => 0.0,
    }
}

/// Machine code of one mechanism. Its memory lives as long as any kernel that points into it.
pub(super) struct Code {
    module: Option<JITModule>,
}

impl Code {
    pub(super) fn new(module: JITModule) -> Code {
        Code { module: Some(module) }
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Code").finish_non_exhaustive()
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: every function pointer into this memory is in a `Compiled` that holds this `Code` by `Arc`, so
            // none is left when it is dropped.
            unsafe { module.free_memory() };
        }
    }
}

// SAFETY: after `finalize_definitions` the module is never touched again except to free its memory in `drop`; running
// code only reads it.
unsafe impl Send for Code {}
// SAFETY: as above: shared references give no access to the module at all.
unsafe impl Sync for Code {}

/// A kernel as machine code.
pub(super) struct Compiled {
    entry: Entry,
    kind: KernelKind,
    scratch: usize,
    layout: Arc<MechanismLayout>,
    shape: Shape,
    touches: Touches,
    _code: Arc<Code>,
}

/// Columns of most mechanisms: their addresses need no memory of the heap.
const COLUMNS: usize = 24;

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("mechanism", &self.layout.name).field("kind", &self.kind).finish()
    }
}

impl Compiled {
    pub(super) fn new(kernel: &Kernel, layout: Arc<MechanismLayout>, address: *const u8, code: Arc<Code>) -> Compiled {
        // SAFETY: the address is that of a function which `emit` built with exactly this signature.
        let entry = unsafe { std::mem::transmute::<*const u8, Entry>(address) };
        let shape = Shape::new(&layout, kernel.kind);
        let touches = touches(kernel);
        Compiled { entry, kind: kernel.kind, scratch: kernel.scratch as usize, layout, shape, touches, _code: code }
    }
}

impl RunKernel for Compiled {
    fn run(&self, data: &mut KernelData<'_>) -> Result<(), KernelError> {
        self.shape.check(data)?;
        let mut few = [std::ptr::null_mut(); COLUMNS];
        let many: Vec<*mut f64>;
        let columns: &[*mut f64] = if data.columns.len() <= COLUMNS {
            few.iter_mut().zip(data.columns.iter_mut()).for_each(|(to, column)| *to = column.as_mut_ptr());
            &few
        } else {
            many = data.columns.iter_mut().map(|column| column.as_mut_ptr()).collect();
            &many
        };
        let ions: Vec<RawIon> = data
            .ion_index
            .iter()
            .map(|used| {
                let arrays: &mut IonArrays = &mut data.ions[used.species];
                RawIon {
                    reversal: arrays.reversal.as_mut_ptr(),
                    inside: arrays.inside.as_mut_ptr(),
                    outside: arrays.outside.as_mut_ptr(),
                    current: arrays.current.as_mut_ptr(),
                    slope: arrays.slope.as_mut_ptr(),
                    style: arrays.style.as_ptr(),
                    index: used.index.as_ptr(),
                    charge: arrays.charge,
                }
            })
            .collect();
        let has_weights = !data.weights.is_empty();
        // An event that no NetCon sent has no weights: reads give 0 and writes go nowhere.
        let mut no_weights = if has_weights { Vec::new() } else { vec![0.0; self.shape.weights] };
        let weights = if has_weights { data.weights.as_mut_ptr() } else { no_weights.as_mut_ptr() };
        let mut scratch = vec![0.0; self.scratch];
        let truth = |yes: bool| f64::from(u8::from(yes));
        let mut host: &mut dyn Host = &mut *data.host;
        let args = RawArgs {
            first: data.rows.start,
            end: data.rows.end,
            columns: columns.as_ptr(),
            node_index: data.node_index.as_ptr(),
            v: data.nodes.v.as_mut_ptr(),
            rhs: data.nodes.rhs.as_mut_ptr(),
            d: data.nodes.d.as_mut_ptr(),
            area: data.nodes.area.as_ptr(),
            diam: data.nodes.diam.as_ptr(),
            ions: ions.as_ptr(),
            globals: data.globals.as_mut_ptr(),
            weights,
            result: &raw mut data.result,
            scratch: scratch.as_mut_ptr(),
            t: data.times.t,
            dt: data.times.dt,
            celsius: data.times.celsius,
            secondorder: f64::from(data.times.secondorder),
            state_adjust: truth(data.times.state_adjust),
            flag: data.flag,
            has_weights: truth(has_weights),
            ask,
            host: (&raw mut host).cast(),
        };
        // SAFETY: `Shape::check` has shown that all rows, nodes and ion elements that the kernel touches exist; the
        // kernel was validated against the layout, so it touches nothing else; arrays outlive the call; `_code` keeps
        // the code alive.
        unsafe { (self.entry)(&raw const args) };
        Ok(())
    }

    fn touches(&self) -> Option<&Touches> {
        Some(&self.touches)
    }
}

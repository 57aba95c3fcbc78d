//! NMODL compiler: text in, mechanisms with compiled kernels out.
//!
//! Pure: no file access, no environment, no clock. The stages, in order: `syntax` (lexer, parser, AST), `resolve`
//! (names to ids: HIR), `ode` (SOLVE to straight code), `kir` (kernel IR), `opt` (small passes), `backend`
//! (interpreter and Cranelift). `library` is the portable file of compiled mechanisms.

pub mod backend;
pub mod codes;
pub mod opt;
pub mod library;
pub mod builtin;
pub mod hir;
pub mod intrinsic;
pub mod kir;
pub mod lower;
mod ode;
pub mod syntax;

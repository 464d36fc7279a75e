// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program's exit status, and what each command's means.

/// All is well.
pub(super) const FINE: u8 = 0;
/// The input was read, and something of it is lost or can't be done.
pub(super) const LOST: u8 = 1;
/// Wrong arguments, or a file that can't be read or written.
pub(super) const FAILED: u8 = 2;
/// Whoever read the output has stopped. It is what shells say of a program that SIGPIPE has ended.
pub(super) const UNHEARD: u8 = 128 + 13;

/// What is in the help, and in the manual, of each command's exit status: lines of a number and what
/// it means.
pub(super) const PROGRAM: &str = "\
Exit status:
  0  all is well
  1  the input was read, and something of it is lost or can't be done: see the commands
  2  wrong arguments, or a file that can't be read or written";
pub(super) const CHECK: &str = "\
Exit status:
  0  every module keeps all of its BTF, or has none, and all kfuncs and destructors are usable
  1  some module carries types, is stale or broken, or has a kfunc or destructor that is not usable;
     with --brief: some module loses something
  2  a file can't be read, is no module or no kernel, or is for another machine; a folder has no
     modules in it; not all of the output could be written; wrong arguments";
pub(super) const MATRIX: &str = "\
Exit status:
  0  every module keeps all of its BTF, or has none, and all kfuncs and destructors are usable
  1  some module carries types, is stale or broken, or has a kfunc or destructor that is not usable,
     on some kernel
  2  a file can't be read, is no module or no kernel, or is for another machine; a folder has no
     modules in it; not all of the output could be written; wrong arguments";
pub(super) const DIFF: &str = "\
Exit status:
  0  nothing differs; with --modules: nothing that some module depends on
  1  something does, or a module is of another kernel than OLD, so that it can't be told
  2  a file can't be read, is no module or no kernel, or is for another machine; a folder has no
     modules in it; not all of the output could be written; wrong arguments";
pub(super) const BUNDLE: &str = "\
Exit status:
  0  OUT was written
  2  a file can't be read or written, is no module or no kernel; a folder has no modules in it; the
     modules lie under several kernels, and none was named; wrong arguments";
pub(super) const DOCTOR: &str = "\
Exit status:
  0  nothing is lost on any of the kernels
  1  some module loses something on some kernel, or did when it was loaded
  2  a module or a kernel's BTF can't be read; no such kernel or root; not all of the output could be
     written; wrong arguments";
pub(super) const RECONCILE: &str = "\
Exit status:
  0  OUT was written
  1  the module can't be reconciled: it has no base section, is broken, or was refused
  2  a file can't be read or written, or is for another machine; wrong arguments; or OUT was written
     and what was done could not be printed";
pub(super) const DISTILL: &str = "\
Exit status:
  0  OUT was written
  1  the module was not built against this kernel, has a base section already, is broken, or was
     stripped of the symbols of .BTF_ids
  2  a file can't be read or written, or is for another machine; wrong arguments; or OUT was written
     and what was done could not be printed";
pub(super) const ENCODE: &str = "\
Exit status:
  0  OUT was written
  1  there is no DWARF of the module; pahole can't make BTF of it, or none that is good for anything;
     or .BTF_ids was resolved for other BTF and can't be resolved again
  2  a file can't be read or written, or is for another machine; pahole is not there or too old; wrong
     arguments; or OUT was written and what was done could not be printed";

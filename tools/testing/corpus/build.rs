// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Links the kernel source's own libbpf, which `LIBBPF_DIR` holds: `libbpf.a` and `include/`.

fn main() {
    println!("cargo:rerun-if-env-changed=LIBBPF_DIR");
    println!("cargo:rerun-if-changed=shim.c");
    let dir = std::env::var("LIBBPF_DIR").expect("LIBBPF_DIR names the folder of libbpf.a");
    println!("cargo:rerun-if-changed={dir}/libbpf.a");
    cc::Build::new()
        .file("shim.c")
        .include(format!("{dir}/include"))
        .flag_if_supported("-Wextra")
        .warnings_into_errors(true)
        .compile("shim");
    println!("cargo:rustc-link-search=native={dir}");
    for library in ["static=bpf", "elf", "z"] {
        println!("cargo:rustc-link-lib={library}");
    }
}

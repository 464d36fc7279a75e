// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Has every allocation of the program, libbpf's and ours alike, go through `count.c`.

fn main() {
    println!("cargo:rerun-if-changed=count.c");
    cc::Build::new()
        .file("count.c")
        .flag_if_supported("-Wextra")
        .warnings_into_errors(true)
        .compile("count");
    for function in ["malloc", "calloc", "realloc", "free"] {
        println!("cargo:rustc-link-arg=-Wl,--wrap={function}");
    }
}

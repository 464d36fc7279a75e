// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What became of a kernel's types in another one, and whose modules mind.

use super::{
    common::builder::Builder,
    made,
    Files, //
};
use btf_reconcile::btf::Kind;
use serde_json::Value;
use std::fs;

/// The modules, built for `built`: `demo` with plain BTF, `based` with a base, `bare` without BTF.
fn lay_out() -> Files {
    let files = Files::new();
    fs::create_dir(files.path("all")).unwrap();
    files.write("all/based.ko", &files.read(&files.distill("base")));
    files.write("all/demo.ko", &files.read("demo.ko"));
    let demo = made::module();
    let mut rewriter = btf_reconcile::rewriter::Rewriter::read(&demo).unwrap();
    rewriter.remove(".BTF").unwrap();
    rewriter.remove(".BTF_ids").unwrap();
    files.write("all/bare.ko", &rewriter.write().unwrap());
    files
}

#[test]
fn a_summary_comes_first_then_each_type() {
    let files = lay_out();
    assert_eq!(
        files.run(1, "diff built running"),
        "built to running\n              \
         gone     new  changed  by others    same\n\
         structs          1       0        1          0       1\n\
         enums            0       1        0          0       0\n\
         typedefs         0       0        0          0       1\n\
         integers         0       1        0          0       1\n\
         \n\
         - struct gone\n\
         + enum colour\n\
         + integer char\n\
         ~ struct cred: has 24 bytes, had 16\n"
    );
    assert_eq!(
        files.run(0, "diff built built"),
        "built to built: nothing differs, of 5 types with a name\n"
    );
}

/// Two kernels with one of each sort of difference.
fn kernels() -> [Vec<u8>; 2] {
    let mut old = Builder::new();
    old.int("int", 4, 1); // 1
    old.ptr(3); // 2
    old.composite(
        Kind::Struct,
        "foo",
        12,
        &[("a", 1, 0), ("b", 1, 32), ("c", 1, 64)],
    ); // 3
    old.composite(Kind::Struct, "bar", 8, &[("foo", 2, 0)]); // 4
    old.enumeration("e", 4, &[("A", 0), ("B", 1)]); // 5
    old.proto(1, &[("foo", 2)]); // 6
    old.func("f", 6);
    let mut new = Builder::new();
    new.int("int", 4, 1); // 1
    new.ptr(3); // 2
    new.composite(
        Kind::Struct,
        "foo",
        12,
        &[("a", 2, 0), ("d", 1, 64), ("c", 1, 70)],
    ); // 3
    new.composite(Kind::Struct, "bar", 8, &[("foo", 2, 0)]); // 4
    new.enumeration("e", 4, &[("A", 0), ("B", 2), ("C", 1)]); // 5
    new.proto(1, &[("foo", 2), ("n", 1)]); // 6
    new.func("f", 6);
    [old.bytes(), new.bytes()]
}

#[test]
fn all_of_it_is_said_if_wanted() {
    let files = Files::new();
    let [old, new] = kernels();
    files.write("old", &old);
    files.write("new", &new);
    let text = files.run(1, "diff old new");
    let (_, text) = text.split_once("\n\n").unwrap();
    assert_eq!(
        text,
        "~ struct foo: has member 'd' where it had member 'b'; new member d; gone member b; \
         1 member moved; 1 member changed\n\
         ~ enum e: has 3 values, had 2; new value C; 1 value changed\n\
         ~ function f: has 2 parameters, had 1\n"
    );
    let text = files.run(1, "diff -v old new");
    let (_, text) = text.split_once("\n\n").unwrap();
    assert_eq!(
        text,
        "~ struct foo: has member 'd' where it had member 'b'; new member d; gone member b; \
         1 member moved; 1 member changed\n    \
         ~ member a of type 'struct foo *', was 'int'\n    \
         - member b at byte 4 of type 'int'\n    \
         + member d at byte 8 of type 'int'\n    \
         ~ member c at bit 70, was at byte 8\n\
         ~ enum e: has 3 values, had 2; new value C; 1 value changed\n    \
         ~ value B is 2, was 1\n    \
         + value C = 1\n\
         ~ function f: has 2 parameters, had 1\n    \
         was int (struct foo *foo)\n    \
         is  int (struct foo *foo, int n)\n\
         > struct bar: member 'foo' leads to 'struct foo'\n"
    );
}

#[test]
fn flags_of_kfuncs_are_in_a_kernel_that_is_linked() {
    let files = Files::new();
    let mut kernel = made::built();
    let proto = kernel.proto(0, &[]);
    let id = kernel.func("demo_pid", proto);
    files.write("old", &made::linked(&kernel, id, 1));
    files.write("new", &made::linked(&kernel, id, 4));
    let text = files.run(1, "diff old new -v");
    assert!(
        text.ends_with("\n\n~ kfunc demo_pid: has flags KF_RET_NULL, had KF_ACQUIRE\n"),
        "{text}"
    );
    files.write("raw", &kernel.bytes());
    let text = files.run(0, "diff old raw");
    assert!(
        text.ends_with("\nthe new kernel does not tell which of its functions are kfuncs\n"),
        "{text}"
    );
}

#[test]
fn modules_that_depend_on_it_are_told() {
    let files = lay_out();
    // What changes between the kernels is carried, and `char` is nobody's.
    let text = files.run(1, "diff built running --modules all");
    let (summary, text) = text.split_once("\n\n").unwrap();
    assert!(
        summary.ends_with(
            "\n3 modules: 2 depend on something that is gone or changed\n\
             1 module without BTF, so that only symbols were looked at: bare"
        ),
        "{summary}"
    );
    assert_eq!(
        text,
        "- struct gone\n    \
         2 modules: based by pointer, demo by pointer\n\
         ~ struct cred: has 24 bytes, had 16\n    \
         2 modules: based by value, demo by value\n"
    );
    let text = files.run(1, "diff built running --modules all --all");
    assert!(text.contains("\n+ integer char\n"), "{text}");
    // Nobody depends on what is new.
    let mut more = made::built();
    more.strct("more", 4);
    files.write("more", &more.bytes());
    files.run(1, "diff built more");
    let text = files.run(0, "diff built more --modules all");
    assert!(text.contains("3 modules: 0 depend on"), "{text}");
}

#[test]
fn of_modules_of_another_kernel_nothing_can_be_told() {
    let files = lay_out();
    let text = files.run(1, "diff running running --modules all -v");
    assert!(
        text.contains(
            "1 module with BTF of another kernel, so that only symbols were looked at: demo\n"
        ),
        "{text}"
    );
    assert!(text.contains("    all/demo.ko: .BTF: "), "{text}");
    files.write("all/broken.ko", b"");
    let text = files.run(2, "diff built running --modules all");
    assert!(
        text.contains("1 module that can't be read: broken\n"),
        "{text}"
    );
}

#[test]
fn json_has_all_of_it() {
    let files = lay_out();
    let text = files.run(1, "diff built running --json --modules all");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["format"], 1);
    assert_eq!(document["kernels"][0], "built");
    assert_eq!(document["counts"]["struct"]["changed"], 1);
    let types = document["types"].as_array().unwrap();
    let names: Vec<_> = types.iter().map(|line| &line["name"]).collect();
    assert_eq!(names, ["gone", "colour", "char", "cred"]);
    let cred = &types[3];
    assert_eq!(cred["change"], "changed");
    assert_eq!(cred["what"], "struct");
    assert_eq!(cred["first"], "has 24 bytes, had 16");
    assert_eq!(cred["old"]["id"], 4);
    assert_eq!(cred["new"]["size"], 24);
    assert_eq!(cred["modules"].as_array().unwrap().len(), 2);
    let nth = usize::try_from(cred["modules"][0][0].as_u64().unwrap()).unwrap();
    assert_eq!(document["modules"][nth]["name"], "based");
    assert_eq!(document["modules"][nth]["depends"], 2);
    assert_eq!(cred["modules"][0][1], "by_value");
    let [old, new] = kernels();
    files.write("old", &old);
    files.write("new", &new);
    let document: Value = serde_json::from_str(&files.run(1, "diff old new --json")).unwrap();
    assert!(document["modules"].is_null());
    let types = document["types"].as_array().unwrap();
    let part = &types[0]["parts"][3];
    assert_eq!(part["name"], "c");
    assert_eq!(part["old"]["bit"], 64);
    assert_eq!(part["new"]["bit"], 70);
    assert_eq!(types[3]["through"]["type"], "struct foo");
}

#[test]
fn a_page_needs_nothing_else() {
    let files = lay_out();
    let arguments = "diff built running --modules all --html";
    assert_eq!(files.run(1, &format!("{arguments} out.html")), "");
    let page = String::from_utf8(files.read("out.html")).unwrap();
    assert_eq!(page, files.run(1, &format!("{arguments} -")));
    for word in ["http:", "https:", "src=", "url(", "@import", "href"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("has 24 bytes, had 16"), "{page}");
    // A name can't end what it is written in.
    let mut odd = made::running();
    odd.strct("</script><script>", 4);
    files.write("odd", &odd.bytes());
    let page = files.run(1, "diff built odd --html -");
    assert_eq!(
        page.matches("<script").count(),
        page.matches("</script>").count()
    );
}

#[test]
fn wrong_use_is_told() {
    let files = lay_out();
    for arguments in [
        "diff",
        "diff built",
        "diff built none",
        "diff none built",
        "diff built demo.ko",
        "diff built running running",
        "diff built running --modules none",
        "diff built running --all",
        "diff built running --json --html out.html",
        "diff built running --html none/out.html",
    ] {
        files.run(2, arguments);
    }
    let text = files.run(2, "diff built demo.ko");
    assert!(text.contains("expected a kernel"), "{text}");
    // Bytes of the other order.
    let mut foreign = files.read("built");
    foreign[..2].reverse();
    files.write("foreign", &foreign);
    files.run(2, "diff built foreign");
    fs::create_dir(files.path("empty")).unwrap();
    let text = files.run(2, "diff built running --modules empty");
    assert!(text.contains("empty: no modules in it"), "{text}");
    // Pointers of another width.
    for (name, size) in [("narrow", 4), ("wide", 8)] {
        let mut kernel = Builder::new();
        kernel.int("long unsigned int", size, 0);
        files.write(name, &kernel.bytes());
    }
    let text = files.run(1, "diff narrow wide");
    assert!(
        text.contains("the old kernel is for a machine of 32 bits, "),
        "{text}"
    );
}

// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules and kernels side by side.

use super::{
    made,
    Files, //
};
use serde_json::Value;
use std::fs;

/// A folder with a module that has a base, one that has none and one without anything to lose.
fn lay_out() -> Files {
    let files = Files::new();
    fs::create_dir(files.path("all")).unwrap();
    let distilled = files.read(&files.distill("base"));
    files.write("all/based.ko", &distilled);
    files.write("all/plain.ko", &files.read("demo.ko"));
    let demo = made::module();
    let mut rewriter = btf_reconcile::rewriter::Rewriter::read(&demo).unwrap();
    rewriter.remove(".BTF").unwrap();
    rewriter.remove(".BTF_ids").unwrap();
    files.write("all/empty.ko", &rewriter.write().unwrap());
    files
}

const ON_BOTH: &str = "matrix all --base built --base running";

#[test]
fn the_worst_come_first() {
    let files = lay_out();
    let text = files.run(1, ON_BOTH);
    assert_eq!(
        text,
        "        built                        running\n\
         module  btf_reconcile  stock kernel  btf_reconcile             stock kernel\n\
         plain   fits           accepts       stale, loses 2 kfuncs     refuses (-22)\n\
         based   reconciled     wrong ids     carries 2, loses 1 kfunc  refuses (-22)\n\
         \n\
         1 more module loses nothing on any of them\n\
         built: 3 modules: 1 fit, 1 reconciled, 1 without BTF; unified 1 (18 bytes less); \
         a stock kernel accepts 2, loads with wrong ids 1\n\
         running: 3 modules: 1 carry types, 1 without BTF, 1 stale; 3 kfuncs unusable; \
         unified 1 (18 bytes less); a stock kernel accepts 1, refuses 2\n"
    );
    let text = files.run(1, &format!("{ON_BOTH} --all"));
    assert!(
        text.contains("\nempty   no BTF         accepts       no BTF  "),
        "{text}"
    );
    assert!(!text.contains("more module"), "{text}");
    let text = files.run(0, "matrix all/empty.ko --base built");
    assert!(
        text.starts_with("1 module loses nothing on any of them\nbuilt: 1 module: "),
        "{text}"
    );
}

#[test]
fn what_is_lost_is_named() {
    let files = lay_out();
    let text = files.run(1, &format!("{ON_BOTH} -v"));
    for expected in [
        "\n    on running loses its BTF, 2 kfuncs and 1 id: made for another kernel, rebuild it\n",
        "\n    on running carries struct cred, struct gone\n",
        "\n    on running loses demo_gone of demo_set: its argument 1 is a pointer to STRUCT 'gone'",
        "\n    on running by itself won't load (-22): made for another kernel, rebuild it, or \
         install btf_reconcile\n",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn json_has_all_of_it() {
    let files = lay_out();
    let text = files.run(1, &format!("{ON_BOTH} --json"));
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["format"], 1);
    assert_eq!(document["kernels"][1]["name"], "running");
    assert_eq!(document["kernels"][1]["total"]["stale"], 1);
    let modules = document["modules"].as_array().unwrap();
    let names: Vec<_> = modules.iter().map(|module| &module["name"]).collect();
    assert_eq!(names, ["plain", "based", "empty"]);
    assert_eq!(modules[0]["module"], "all/plain.ko");
    let cell = &modules[1]["kernels"][1];
    assert_eq!(cell["verdict"], "carries");
    assert_eq!(cell["carries"][1], "struct gone");
    assert_eq!(cell["loses"][0]["name"], "demo_gone");
    assert_eq!(cell["loss"]["rank"], "callables");
    assert_eq!(cell["stock"]["errno"], -22);
    assert_eq!(cell["stock_loss"]["rank"], "module");
    assert!(modules[2]["kernels"][0]["loss"].is_null());
}

#[test]
fn a_page_needs_nothing_else() {
    let files = lay_out();
    assert_eq!(files.run(1, &format!("{ON_BOTH} --html out.html")), "");
    let page = String::from_utf8(files.read("out.html")).unwrap();
    assert_eq!(page, files.run(1, &format!("{ON_BOTH} --html -")));
    for word in ["http:", "https:", "src=", "url(", "@import", "href"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("carries 2, loses 1 kfunc"), "{page}");
    // A name can't end what it is written in.
    let odd = "all/<script>&'\".ko";
    files.write(odd, &files.read("demo.ko"));
    let page = files.run(1, &format!("{ON_BOTH} --html -"));
    assert_eq!(
        page.matches("<script").count(),
        page.matches("</script>").count()
    );
    assert!(page.contains("\\u003cscript>"), "{page}");
}

#[test]
fn several_of_a_name_are_told_apart() {
    let files = lay_out();
    fs::create_dir(files.path("all/more")).unwrap();
    files.write("all/more/plain.ko", &files.read("demo.ko"));
    let text = files.run(1, ON_BOTH);
    for name in ["\nall/plain.ko ", "\nall/more/plain.ko ", "\nbased "] {
        assert!(text.contains(name), "{name} in {text}");
    }
}

#[test]
fn wrong_use_is_told() {
    let files = lay_out();
    for arguments in [
        "matrix all",
        "matrix --base built",
        "matrix all --base none",
        "matrix none --base built",
        "matrix all --base built --json --html out.html",
        "matrix all --base built --html none/out.html",
    ] {
        files.run(2, arguments);
    }
    files.write("all/broken.ko", b"");
    let text = files.run(2, "matrix all --base built");
    assert!(text.contains("broken  unreadable     not asked"), "{text}");
}

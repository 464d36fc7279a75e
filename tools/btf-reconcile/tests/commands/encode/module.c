// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
//
// A module as small as can be, for real tools: two kfuncs with other flags each, not in order of
// their names, and a list of a type of the kernel's and one that nobody has. With KERNEL it is the
// kernel that has that type.

struct task_struct {
	struct task_struct *parent;
	int pid;
};

#ifdef KERNEL

int kernel_function(struct task_struct *task)
{
	return task->pid;
}

#else

#define SYMBOL(name, size)                                     \
	".local " name "\n.type " name ", @object\n.size " name \
	", " size "\n" name ":\n"
#define SLOT(name) SYMBOL("__BTF_ID__" name, "4") ".zero 4\n"

asm(".pushsection .BTF_ids, \"a\"\n"
    SYMBOL("__BTF_ID__set8__demo_set", "24")
    ".zero 4\n.long 1\n"
    SLOT("func__zeta__1") ".long 4\n"
    SLOT("func__alpha__2") ".long 32\n"
    SLOT("struct__task_struct__3")
    SLOT("struct__nowhere__4")
    ".popsection\n");

struct own {
	int first;
	struct task_struct *second;
};

__attribute__((section(".data..percpu"))) int counter;

__attribute__((used)) int zeta(struct task_struct *task)
{
	return task->pid + counter;
}

__attribute__((used)) int alpha(struct own *own)
{
	return own->first + OTHER;
}

#endif

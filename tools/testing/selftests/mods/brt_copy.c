// SPDX-License-Identifier: GPL-2.0
/*
 * Kfuncs on types of the kernel, of which a module may have copies: large ones,
 * which differ between releases, and one that stays as it is.
 *
 * Writing to the parameter "poke" drops a packet of 1234 bytes, and opens and
 * closes a listening socket.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/in.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>
#include <net/sock.h>

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_sock_protocol(struct sock *sk)
{
	return sk->sk_protocol;
}

__bpf_kfunc int brt_skb_len(struct sk_buff *skb)
{
	return skb->len;
}

__bpf_kfunc int brt_head_is_empty(struct list_head *head)
{
	return list_empty(head);
}

/*
 * The verifier supplies the argument, if it knows the type. Where it does not
 * there may be anything, which a kfunc that takes it at its word trips over.
 */
__bpf_kfunc int brt_aux_is_right(struct bpf_prog_aux *aux)
{
	struct bpf_prog_aux *back;
	struct bpf_prog *prog;

	if (get_kernel_nofault(prog, &aux->prog) ||
	    get_kernel_nofault(back, &prog->aux))
		return 0;
	return back == aux;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_copy_set)
BTF_ID_FLAGS(func, brt_sock_protocol)
BTF_ID_FLAGS(func, brt_skb_len)
BTF_ID_FLAGS(func, brt_head_is_empty)
BTF_ID_FLAGS(func, brt_aux_is_right, KF_IMPLICIT_ARGS)
BTF_KFUNCS_END(brt_copy_set)

static const struct btf_kfunc_id_set brt_copy_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_copy_set,
};

static int brt_poke(const char *val, const struct kernel_param *kp)
{
	struct socket *sock;
	struct sk_buff *skb;
	int err;

	skb = alloc_skb(1234, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	skb_put(skb, 1234);
	kfree_skb(skb);

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &sock);
	if (err)
		return err;
	err = kernel_listen(sock, 1);
	sock_release(sock);
	return err;
}

static const struct kernel_param_ops brt_poke_ops = {
	.set = brt_poke,
};
module_param_cb(poke, &brt_poke_ops, NULL, 0200);
MODULE_PARM_DESC(poke, "Drop a packet, open and close a listening socket");

static int __init __used brt_copy_init(void)
{
	static const enum bpf_prog_type types[] = {
		BPF_PROG_TYPE_SYSCALL,
		BPF_PROG_TYPE_TRACING,
	};
	int i, err;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		err = register_btf_kfunc_id_set(types[i], &brt_copy_id_set);
		if (err)
			return err;
	}
	return 0;
}
module_init(brt_copy_init);

static void __exit __used brt_copy_exit(void)
{
}
module_exit(brt_copy_exit);

MODULE_DESCRIPTION("btf_reconcile test: kfuncs on types of the kernel");
MODULE_LICENSE("GPL");

# SPDX-License-Identifier: MIT OR Apache-2.0
"""Programs that must end abnormally, with the expected end, and their neighbours that must not. Each runs from _start."""

EXIT = "    li a7, 93\n    ecall\n"

ABNORMAL = {f"illegal_{name}": (f"    .word {word:#x}\n", "ILLEGAL") for name, word in {
    "zero": 0, "ones": 0xffffffff, "ebreak": 0x00100073, "csrrw": 0x34029073, "rdcycle": 0xc0002573, "fence_i": 0x0000100f,
    "wfi": 0x10500073, "mret": 0x30200073, "sret": 0x10200073, "lr_w": 0x1005252f, "amoadd_d": 0x00b5352f, "fadd_s": 0x00b57553, "flw": 0x00052007,
    "load_7": 0x00057503, "store_4": 0x00a54023, "branch_2": 0x00a52463, "branch_3": 0x00a53463, "jalr_1": 0x00051567,
    "slli_high": 0x04051513, "srli_high": 0x44055513, "slliw_64": 0x0205151b, "sraiw_high": 0x6005551b, "addiw_2": 0x0005251b,
    "op_f7": 0x04b50533, "sll_alt": 0x40b51533, "op32_slt": 0x00b5253b, "mulw_1": 0x02b5153b, "op32_alt_1": 0x40b5153b,
    "compressed_nop": 0x00010001, "ecall_rd": 0x000000f3, "ecall_imm": 0x00200073,
}.items()}

ABNORMAL |= {
    "jump_jal": ("    .word 0x0020006f\n", "JUMP_MISALIGNED"),
    "jump_jalr": ("    la x5, pass\n    jalr x1, 2(x5)\n", "JUMP_MISALIGNED"),
    "jump_jalr_3": ("    la x5, pass\n    jalr x1, 3(x5)\n", "JUMP_MISALIGNED"),
    "jump_branch": ("    .word 0x00000163\n", "JUMP_MISALIGNED"),
    "fetch_data": ("    la x5, d\n    jr x5\n.section .data\n.balign 8\nd: .dword 0x13\n.section .text\n", "FETCH"),
    "fetch_constants": ("    la x5, d\n    jr x5\n.section .rodata\n.balign 8\nd: .dword 0x13\n.section .text\n", "FETCH"),
    "fetch_zero": ("    jr x0\n", "FETCH"),
    "fetch_wrap": ("    li x5, -4\n    jr x5\n", "FETCH"),
    "fetch_2_32": ("    li x5, 0x100000000\n    jr x5\n", "FETCH"),
    "fetch_2_48": ("    la x5, pass\n    li x6, 1 << 48\n    add x5, x5, x6\n    jr x5\n", "FETCH"),
    "fetch_backward": ("    .word 0x80000063\n", "FETCH"),
    "load_zero": ("    ld x5, 0(x0)\n", "LOAD"),
    "load_below_ram": ("    li x6, 0xfff\n    lb x5, 0(x6)\n", "LOAD"),
    "load_crossing_into_ram": ("    li x6, 0xffc\n    ld x5, 0(x6)\n", "LOAD"),
    "load_past_output": ("    li x6, 0x300000000\n    lb x5, 0(x6)\n", "LOAD"),
    "load_crossing_out": ("    li x6, 0x2fffffffc\n    ld x5, 0(x6)\n", "LOAD"),
    "load_negative": ("    lb x5, -1(x0)\n", "LOAD"),
    "load_wrapping": ("    li x6, -4\n    ld x5, 0(x6)\n", "LOAD"),
    "load_limb_3": ("    la x6, pass\n    li x5, 1 << 48\n    add x6, x6, x5\n    ld x5, 0(x6)\n", "LOAD"),
    "store_zero": ("    sd x5, 0(x0)\n", "STORE"),
    "store_past_output": ("    li x6, 0x300000000\n    sb x5, 0(x6)\n", "STORE"),
    "store_limb_3": ("    la x6, d\n    li x5, 1 << 63\n    add x6, x6, x5\n    sd x5, 0(x6)\n.section .data\n.balign 8\nd: .dword 0\n.section .text\n", "STORE"),
    "store_text": ("    la x6, pass\n    sw x5, 0(x6)\n", "STORE_CLASS"),
    "store_constants": ("    la x6, d\n    sb x5, 0(x6)\n.section .rodata\n.balign 8\nd: .dword 0x13\n.section .text\n", "STORE_CLASS"),
    "store_input": ("    li x6, 0x100000008\n    sd x5, 0(x6)\n", "STORE_CLASS"),
    "store_crossing_into_input": ("    li x6, 0xfffffffc\n    sd x5, 0(x6)\n", "STORE_CLASS"),
    "ecall_unknown": ("    li a7, 1\n    ecall\n", "ECALL"),
    "ecall_high_bits": ("    li a7, 0x10000005d\n    ecall\n", "ECALL"),
    "exit_code_3": ("    li a0, 3\n" + EXIT, "EXIT_CODE"),
    "exit_code_high": ("    li a0, 1 << 48\n" + EXIT, "EXIT_CODE"),
    "output_length": ("    li x6, 0x200000000\n    li x5, -1\n    sd x5, 0(x6)\n    li a0, 0\n" + EXIT, "OUTPUT_LENGTH"),
    "output_past": ("    li x6, 0x200000000\n    li x5, 8\n    sd x5, 0(x6)\n    sd x5, 16(x6)\n    li a0, 0\n" + EXIT, "OUTPUT_PAST"),
    "output_read_past": ("    li x6, 0x200000000\n    ld x5, 8(x6)\n    li a0, 0\n" + EXIT, "OUTPUT_PAST"),
    "output_padding": ("    li x6, 0x200000000\n    li x5, 3\n    sd x5, 0(x6)\n    li x5, 1 << 24\n    sd x5, 8(x6)\n    li a0, 0\n" + EXIT,
                       "OUTPUT_PADDING"),
}

NORMAL = {
    "untaken_misaligned_branch": "    .word 0x00001163\n",
    "illegal_word_never_executed": "    j pass\n    .word 0\n",
    "load_across_into_input": "    li x6, 0xfffffffc\n    ld x5, 0(x6)\n    bnez x5, fail\n",
    "load_across_into_output": "    li x6, 0x1fffffffc\n    ld x5, 0(x6)\n    bnez x5, fail\n",
    "store_top_of_ram": "    li x6, 0xfffffff8\n    sd x6, 0(x6)\n    ld x5, 0(x6)\n    bne x5, x6, fail\n",
    "store_bottom_of_ram": "    li x6, 0x1000\n    sd x6, 0(x6)\n    ld x5, 0(x6)\n    bne x5, x6, fail\n",
    "input_length_zero": "    li x6, 0x100000000\n    ld x5, 0(x6)\n    bnez x5, fail\n    ld x5, 800(x6)\n    bnez x5, fail\n",
    "address_wraps_to_ram": "    li x6, -2048\n    li x5, 0x2000\n    add x6, x6, x5\n    sd x5, -2048(x6)\n    ld x7, -2048(x6)\n    bne x5, x7, fail\n",
    "initial_registers": "".join(f"    bnez x{r}, fail\n" for r in range(32)),
    "output": "    li x6, 0x200000000\n    li x5, 3\n    sd x5, 0(x6)\n    li x5, 0x636261\n    sd x5, 8(x6)\n",
    "output_untouched_words": "    li x6, 0x200000000\n    li x5, 10000\n    sd x5, 0(x6)\n",
}

# bench-docs.awk: the page of ./tessera bench --docs; reads with bench.awk, whose functions it uses.
function number(value)
{
    return value == "" ? "–" : value
}
function ratio(ours, other)
{
    return other == "" ? "–" : sprintf("%s (%.2f)", other, ours / other)
}
function verdict(name, value,  g)
{
    g = goal(name)
    return g == "" ? "–" : g (is_over(name, value, g) ? " (not yet)" : " (reached)")
}
# The figures whose unit is one of `units`, and that have references or goals (1), or not (0), or all (2).
function rows(units, which,  i, f, has)
{
    for (i = 1; i <= count; i++) {
        split(line[i], f)
        if (!((" " units " ") ~ (" " unit(f[2]) " ")) || f[2] ~ /^growth\./)
            continue
        has = goal(f[2]) != "" || (f[2] in sel4)
        if (which != 2 && which != has)
            continue
        if (which == 1)
            printf "| `%s` | %s | %s | %s | %s | %s |\n", f[2], f[5], verdict(f[2], f[5]),
                ratio(f[5], reference(linux, f[2])), ratio(f[5], reference(sel4, f[2])),
                ratio(f[5], reference(nova, f[2]))
        else
            printf "| `%s` | %s | %s | %s | %s | %s |%s\n", f[2], f[3], f[4], f[5], f[6], f[7],
                (which == 2 ? " " unit(f[2]) " |" : "")
    }
}
function growth_rows(  i, f, part, what)
{
    for (i = 1; i <= count; i++) {
        split(line[i], f)
        if (f[2] !~ /^growth\./)
            continue
        split(f[2], part, ".")
        if (part[2] != what) {
            what = part[2]
            printf "\n### Number of %s\n\n![cost against number of %s](%s.svg)\n\n", what, what, what
            print "| number | measure | n | minimum | median | 90 % | maximum |"
            print "|---|---|---|---|---|---|---|"
        }
        printf "| %s | %s | %s | %s | %s | %s | %s |\n", part[3], part[4], f[3], f[4], f[5], f[6], f[7]
    }
}
END {
    if (format != "docs" || count == 0)
        exit
    print "# Performance\n"
    print "Written by `./tessera bench --docs`; QEMU " qemu ". To measure again: the same command, or a figure"
    print "alone by its name, `./tessera bench NAME`; `./tessera bench --compare tests/bench/baseline.json` prints"
    print "what changed. `tests/bench` is the program.\n"
    print "Unless a unit is named a figure is a count of guest instructions, of user and kernel together, with"
    print "`-icount shift=0,sleep=off`: loops of known length are counted first, and the figures are the same on"
    print "every host with the same QEMU. Each message carries its policy's verdict, both ways. What a `rep`"
    print "instruction does counts one for each round. In brackets: ours as a multiple of theirs, measured in the"
    print "same way on the same emulated machine (Linux 6.1; seL4 16.0.0 with its fast path; NOVA), where no"
    print "message is judged.\n"
    print "## Against goals and other systems\n"
    print "| figure | median | goal | Linux | seL4 | NOVA |\n|---|---|---|---|---|---|"
    rows("guest_instructions bytes", 1)
    print "\n## All other counts\n"
    print "| figure | n | minimum | median | 90 % | maximum |\n|---|---|---|---|---|---|"
    rows("guest_instructions bytes", 0)
    for (i = 1; i <= notes; i++)
        print "\n" note[i]
    print "\n## As the system grows\n"
    print "Nothing here is to depend on how many there are."
    growth_rows()
    print "\n## Times\n"
    print "Nanoseconds on the host that wrote this page, which did other things too: `time.` under QEMU's"
    print "translator (TCG), one CPU; `kvm.` with KVM, where the host's runs guests. They see what counts do not,"
    print "the cost of switching address spaces above all.\n"
    print "| figure | n | minimum | median | 90 % | maximum | unit |\n|---|---|---|---|---|---|---|"
    rows("ns", 2)
    print "\n## Several CPUs\n"
    print "`smp.cpusN.`: N CPUs of the emulator, a host thread each, on a host with two cores: four are reported,"
    print "not judged. `calls`: pairs of client and server, one pair a CPU, 10,000 instructions of work a call;"
    print "`speedup` against one pair; `pingpong` the same without work; `lockwait` the CPUs' time spent waiting"
    print "for the kernel's lock; `share` the calls of the slowest pair of twice as many pairs as CPUs, against"
    print "the average.\n"
    print "| figure | n | minimum | median | 90 % | maximum | unit |\n|---|---|---|---|---|---|---|"
    rows("calls/s percent per_mille", 2)
}

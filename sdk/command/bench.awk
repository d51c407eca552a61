# bench.awk: formats the lines `bench NAME n min median p90 max` (-v format=table, json, save, compare), limited
# to the names in -v names=A,B (a name covers those that begin with it and a dot).
#
# references.txt says what a figure's goal is: `ref NAME seL4 NOVA Linux GOAL`, or `adds NAME BASE MOST` for
# one that may be so much above another. compare: -v old=FILE is what --save wrote, a result a line.
BEGIN {
    nwanted = split(names, wanted, ",")
}
function is_wanted(name,  i)
{
    for (i = 1; i <= nwanted; i++)
        if (name == wanted[i] || index(name, wanted[i] ".") == 1)
            return 1
    return nwanted == 0
}
$1 == "ref" { sel4[$2] = $3; nova[$2] = $4; linux[$2] = $5; limit[$2] = $6 }
$1 == "adds" { base[$2] = $3; most[$2] = $4 }
$1 == "note" { note[++notes] = substr($0, 6) }
$1 == "bench" && NF == 7 {
    median[$2] = $5
    if (is_wanted($2)) {
        line[++count] = $0
    }
}
# Counts repeat to the digit; times and what several CPUs do in a second do not.
function unit(name)
{
    if (name ~ /^(time|kvm)\./)
        return "ns"
    if (name ~ /^smp\./)
        return name ~ /lockwait/ ? "per_mille" : name ~ /speedup|share/ ? "percent" : "calls/s"
    return name ~ /^size\./ ? "bytes" : "guest_instructions"
}
# Empty: none.
function goal(name)
{
    if (name in base)
        return base[name] in median ? median[base[name]] + most[name] : ""
    if (name ~ /^latency\.irq_off\./) # a scenario of the abuse
        name = "latency.irq_off_max"
    return (name in limit) && limit[name] != "-" ? limit[name] : ""
}
function reference(values, name)
{
    return (name in values) && values[name] != "-" ? values[name] : ""
}
function relation(ours, other)
{
    return other == "" ? "-" : sprintf("%d (%.2f)", other, ours / other)
}
# At least as many for what is to be large.
function is_over(name, value, bound)
{
    return bound == "" ? 0 : name ~ /speedup/ ? value < bound : value > bound
}
function table(  i, f, g, u)
{
    printf "%-30s %8s %10s %10s %10s %10s %11s %17s %17s %16s\n", "name", "n", "min", "median", "p90", "max",
        "goal", "seL4", "NOVA", "Linux"
    for (i = 1; i <= count; i++) {
        split(line[i], f)
        g = goal(f[2])
        u = unit(f[2])
        printf "%-30s %8s %10s %10s %10s %10s %11s %17s %17s %16s%s\n", f[2], f[3], f[4], f[5], f[6], f[7],
            (g == "" ? "-" : g (is_over(f[2], f[5], g) ? " !" : "  ")), relation(f[5], reference(sel4, f[2])),
            relation(f[5], reference(nova, f[2])), relation(f[5], reference(linux, f[2])),
            (u == "guest_instructions" ? "" : "  " u)
    }
    for (i = 1; i <= notes; i++)
        print (i == 1 ? "\n" : "") note[i]
    print "\nguest instructions where no unit stands; !: not the goal yet; in brackets: our median as a multiple"
}
# What repeats to the digit on one QEMU.
function is_count(name)
{
    return unit(name) == "guest_instructions" || unit(name) == "bytes"
}
function json(counts_only,  i, f, written)
{
    printf "{\"unit\":\"guest_instructions\",\"commit\":\"%s\",\"qemu\":\"%s\",\"results\":{", commit, qemu
    for (i = 1; i <= count; i++) {
        split(line[i], f)
        if (counts_only && !is_count(f[2]))
            continue
        printf "%s\n\"%s\":{\"n\":%s,\"min\":%s,\"median\":%s,\"p90\":%s,\"max\":%s", (written++ ? "," : ""),
            f[2], f[3], f[4], f[5], f[6], f[7]
        if (unit(f[2]) != "guest_instructions")
            printf ",\"unit\":\"%s\"", unit(f[2])
        printf "}"
    }
    print "\n}}"
}
# What --save wrote: before[NAME], its median then; old_qemu.
function read_old(  text, name)
{
    while ((getline text <old) > 0) {
        if (match(text, /"qemu":"[^"]*"/))
            old_qemu = substr(text, RSTART + 8, RLENGTH - 9)
        if (text !~ /^"[^"]*":\{"n":/)
            continue
        name = text
        sub(/^"/, "", name)
        sub(/".*/, "", name)
        if (match(text, /"median":[0-9]+/))
            before[name] = substr(text, RSTART + 9, RLENGTH - 9) + 0
    }
}
# 1 when a goal that was met is not met any more.
function compare(  i, f, name, bound, worse, differs, status)
{
    read_old()
    if (old_qemu != qemu)
        print "changed QEMU " old_qemu " -> " qemu ": counts may differ for that alone"
    for (i = 1; i <= count; i++) {
        split(line[i], f)
        name = f[2]
        if (!is_count(name) || !(name in before))
            continue
        compared++
        bound = (name in base) ? before[base[name]] + most[name] : goal(name)
        worse = is_over(name, f[5], goal(name)) && !is_over(name, before[name], bound)
        if (f[5] != before[name] || worse) {
            differs++
            printf "changed %-30s %10d -> %10d (%+.1f %%)%s\n", name, before[name], f[5],
                before[name] ? (f[5] - before[name]) * 100 / before[name] : 0,
                worse ? ": over its goal of " goal(name) : ""
        }
        if (worse)
            status = 1
    }
    print compared + 0 " figures compared, " differs + 0 " differ"
    return status
}
END {
    if (count == 0) {
        print "tessera: error: no such figure" > "/dev/stderr"
        exit 2
    }
    if (format == "json" || format == "save")
        json(format == "save")
    else if (format == "compare")
        exit compare()
    else if (format == "table")
        table()
}

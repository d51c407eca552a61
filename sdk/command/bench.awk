# bench.awk: formats the lines `bench NAME n min median p90 max`, as a table or as JSON (-v format=),
# limited to the names in -v names=A,B (a name covers those that begin with it and a dot).
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
$1 == "ref" { reference[$2] = $3 " " $4 " " $6 }
$1 == "note" { note[++notes] = substr($0, 6) }
$1 == "bench" && NF == 7 && is_wanted($2) { line[++count] = $0 }
function relation(median, other)
{
    return other == "" || other == "-" ? "-" : sprintf("%.2f", median / other)
}
function table(  i, f, r)
{
    printf "%-24s %8s %10s %10s %10s %10s %10s %8s %8s\n", "name", "n", "min", "median", "p90",
        "max", "goal", "/seL4", "/NOVA"
    for (i = 1; i <= count; i++) {
        split(line[i], f)
        split(f[2] in reference ? reference[f[2]] : "- - -", r)
        printf "%-24s %8s %10s %10s %10s %10s %10s %8s %8s\n", f[2], f[3], f[4], f[5], f[6], f[7],
            r[3], relation(f[5], r[1]), relation(f[5], r[2])
    }
    for (i = 1; i <= notes; i++)
        print (i == 1 ? "\n" : "") note[i]
    print "\nguest instructions; /seL4 and /NOVA: our median as a multiple of theirs"
}
function json(  i, f)
{
    printf "{\"unit\":\"guest_instructions\",\"commit\":\"%s\",\"qemu\":\"%s\",\"results\":{", commit,
        qemu
    for (i = 1; i <= count; i++) {
        split(line[i], f)
        printf "%s\"%s\":{\"n\":%s,\"min\":%s,\"median\":%s,\"p90\":%s,\"max\":%s}",
            (i > 1 ? "," : ""), f[2], f[3], f[4], f[5], f[6], f[7]
    }
    print "}}"
}
END {
    if (count == 0) {
        print "tessera: error: no such figure" > "/dev/stderr"
        exit 2
    }
    if (format == "json")
        json()
    else
        table()
}

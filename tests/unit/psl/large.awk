# large.awk: policies that are too large, in `dir`: a pattern of 25,000 signs, 66,000 different programs.
BEGIN {
    idl = dir "/large/ILarge.idl"
    print "package large.ILarge\ninterface {\nText(in string<64> text);" >idl
    for (i = 0; i < 264; i++)
        printf "M%d(in UInt32 n);\n", i >idl
    print "}" >idl
    print "use EDL kl.core.Core\nuse EDL Einit" >(programs = dir "/programs.psl")
    for (i = 0; i < 250; i++) {
        print "task class large.C" i "\nendpoints { e : large.ILarge }" >(edl = dir "/large/C" i ".edl")
        close(edl)
        print "use EDL large.C" i >programs
    }
    for (i = 0; i < 66000; i++)
        printf "request dst=large.C%d method=M%d { assert (message.n != %d) }\n", i / 264, i % 264, i >programs
    print "use EDL kl.core.Core\nuse EDL Einit\nuse EDL large.C0" >(pattern = dir "/pattern.psl")
    printf "request dst=large.C0 method=Text {assert (re.match {text: message.text, pattern: \"" >pattern
    for (i = 0; i < 25000; i++)
        printf "a" >pattern
    print "\"}) }" >pattern
}

# big.awk: a policy of 1,000 rules over 100 process classes, in `dir`.
BEGIN {
    idl = dir "/big/IBig.idl"
    print "package big.IBig\ninterface {" >idl
    for (i = 0; i < 20; i++)
        printf "M%d(in UInt32 a, in string<64> b, out UInt32 c);\n", i >idl
    print "}" >idl
    policy = dir "/big.psl"
    print "use EDL kl.core.Core\nuse EDL Einit" >policy
    for (i = 0; i < 100; i++) {
        edl = dir "/big/C" i ".edl"
        printf "task class big.C%d\nendpoints { e : big.IBig }\n", i >edl
        close(edl)
        printf "use EDL big.C%d\n", i >policy
    }
    print "execute { grant () }\nrequest dst=kl.core.Core { grant () }\nresponse { grant () }" >policy
    for (i = 0; i < 1000; i++)
        printf "request src=big.C%d dst=big.C%d method=M%d { assert (message.a < %d) }\n", i % 100,
            (i * 7 + 1) % 100, i % 20, i + 1 >policy
}

/* Names that exist. ServiceLocatorConnect("in_a_comment") */
#define NAME "unknown to the check"
void good(void)
{
    // ServiceLocatorConnect("in_another")
    Handle h = ServiceLocatorConnect("server_connection");
    Handle o = ServiceLocatorConnect ( "other_connection" );
    Handle v = ServiceLocatorConnect(NAME);
    Handle w = ServiceLocatorConnect("joined" NAME);
    const char *text = "ServiceLocatorConnect(\"text\")";
    ServiceLocatorGetRiid(h, "main");
    ServiceLocatorGetRiid(h, "demo.Server.main");
    ServiceLocatorGetRiid(pick(h, o), "first.log");
    ServiceLocatorGetRiid(h, "Journal.log");
    ServiceLocatorGetRiid(h, "demo.Log.log");
    MyServiceLocatorConnect("something else");
}
void bad(void)
{
    Handle h = ServiceLocatorConnect("serverconnection");
    ServiceLocatorGetRiid(h, "third.log");
    if (ServiceLocatorGetRiid(ServiceLocatorConnect("a"),
                              "first.Log") == INVALID_RIID)
        ServiceLocatorRegister("server_connection", NULL, 0, &id);
}

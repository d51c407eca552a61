void server(void)
{
    ServiceLocatorRegister("server_connection", 0, 0, 0);
    ServiceLocatorRegister("wrong_connection", 0, 0, 0);
    ServiceLocatorGetRiid(h, "main");
}

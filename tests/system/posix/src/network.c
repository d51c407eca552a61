/*
 * network.c: <arpa/inet.h>, <netdb.h>, <net/if.h>: addresses as numbers and text. There is no network.
 */
#include "suite.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

static void test_addresses(void)
{
    struct in_addr in = {0};
    unsigned char six[16] = {0};
    char text[64];

    HOLDS(htons(0x1234) == 0x3412 && htonl(0x12345678) == 0x78563412 && ntohs(0x3412) == 0x1234);
    HOLDS(ntohl(0x78563412) == 0x12345678 && inet_addr("127.0.0.1") == htonl(0x7f000001));
    HOLDS(inet_addr("nonsense") == (in_addr_t)-1 && inet_aton("10.1", &in) && in.s_addr == htonl(0x0a000001));
    HOLDS(strcmp(inet_ntoa(in), "10.0.0.1") == 0 && inet_network("10.0.0.1") == 0x0a000001);
    HOLDS(inet_netof(in) == 10 && inet_lnaof(in) == 1 && inet_makeaddr(10, 1).s_addr == in.s_addr);
    HOLDS(inet_pton(AF_INET, "1.2.3.4", &in) == 1 && inet_ntop(AF_INET, &in, text, sizeof text) == text);
    HOLDS(strcmp(text, "1.2.3.4") == 0 && inet_pton(AF_INET6, "::1", six) == 1 && six[15] == 1);
    HOLDS(inet_ntop(AF_INET6, six, text, sizeof text) && strcmp(text, "::1") == 0);
    HOLDS(inet_pton(AF_INET, "1.2.3", &in) == 0 && inet_pton(99, "1", &in) == -1 && errno == EAFNOSUPPORT);
    errno = 0;
    HOLDS(!inet_ntop(AF_INET, &in, text, 3) && errno == ENOSPC);
}

static void test_names(void)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *list;
    char host[64], service[16];

    HOLDS(getaddrinfo("127.0.0.1", "80", &hints, &list) == 0 && list->ai_family == AF_INET);
    HOLDS(getnameinfo(list->ai_addr, list->ai_addrlen, host, sizeof host, service, sizeof service,
                      NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    HOLDS(strcmp(host, "127.0.0.1") == 0 && strcmp(service, "80") == 0);
    freeaddrinfo(list);
    HOLDS(getaddrinfo("no.such", "80", &hints, &list) == EAI_NONAME && gai_strerror(EAI_NONAME)[0] != 0);
    HOLDS(!getservbyname("http", "tcp") && !getservbyport(htons(80), "tcp") && !getservent());
    setservent(0);
    endservent();
    setprotoent(0);
    HOLDS(getprotobyname("tcp")->p_proto == 6 && strcmp(getprotobynumber(17)->p_name, "udp") == 0);
    HOLDS(getprotoent() != NULL && !getprotobyname("nonsense"));
    endprotoent();
    sethostent(0);
    HOLDS(!gethostent());
    endhostent();
    setnetent(0);
    HOLDS(!getnetent() && !getnetbyname("x") && !getnetbyaddr(1, AF_INET));
    endnetent();
    if_freenameindex(NULL);
}

void run_network(void)
{
    test_addresses();
    test_names();
}

#define PLAIN_CONNECTION "plain"

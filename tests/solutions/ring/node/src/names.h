#define NEXT_CONNECTION "next"

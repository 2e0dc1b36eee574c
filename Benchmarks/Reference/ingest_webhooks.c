// The limit of W3: signed webhooks over HTTP/1.1, each on disk in SQLite before it is answered.
//   ingest_webhooks PORT DATABASE SECRET      serves POST /hooks/x on 127.0.0.1 until SIGTERM
// One thread. All requests that are ready together share one transaction, and are answered after its commit.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 1024, MOST_BYTES = 64 * 1024, TOLERANCE = 300 };

struct text { const char *at; size_t length; };

struct request { struct text id, timestamp, signature, body; };

struct connection { size_t held; int status; char bytes[MOST_BYTES]; };

static struct connection *connections[MOST_CONNECTIONS];
static sqlite3 *database;
static sqlite3_stmt *begin, *insert, *commit;
static EVP_MAC_CTX *mac;
static volatile sig_atomic_t stopped;

static void require(int is_right, const char *what) {
    if (is_right) return;
    fprintf(stderr, "%s: %s, %s\n", what, strerror(errno), database ? sqlite3_errmsg(database) : "");
    exit(1);
}

static void stop(int signal) { (void)signal; stopped = 1; }

// MARK: HTTP

static int is_named(struct text line, const char *name, struct text *value) {
    size_t length = strlen(name);
    if (line.length <= length || line.at[length] != ':' || strncasecmp(line.at, name, length)) return 0;
    const char *start = line.at + length + 1, *end = line.at + line.length;
    while (start < end && *start == ' ') start++;
    *value = (struct text){start, end - start};
    return 1;
}

// The length of a whole request at the front of `bytes`; 0 where more must come, -1 where it is none of ours.
static long parse(const char *bytes, size_t count, struct request *request) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return count < MOST_BYTES ? 0 : -1;
    if (strncmp(bytes, "POST /hooks/x HTTP/1.1\r\n", 24)) return -1;
    size_t length = 0;
    struct text value;
    memset(request, 0, sizeof *request);
    for (const char *at = bytes + 24; at < end + 2;) {
        const char *next = memmem(at, end + 2 - at, "\r\n", 2);
        struct text line = {at, next - at};
        if (is_named(line, "content-length", &value)) length = strtoul(value.at, NULL, 10);
        else if (is_named(line, "webhook-id", &value)) request->id = value;
        else if (is_named(line, "webhook-timestamp", &value)) request->timestamp = value;
        else if (is_named(line, "webhook-signature", &value)) request->signature = value;
        at = next + 2;
    }
    size_t head = end + 4 - bytes;
    if (length > MOST_BYTES - head) return -1;
    request->body = (struct text){end + 4, length};
    return head + length <= count ? (long)(head + length) : 0;
}

// MARK: Standard Webhooks

static void prepare_key(const char *secret) {
    unsigned char key[96];
    require(!strncmp(secret, "whsec_", 6) && strlen(secret) < 128, "secret");
    int length = EVP_DecodeBlock(key, (const unsigned char *)secret + 6, strlen(secret + 6));
    for (size_t end = strlen(secret); secret[end - 1] == '='; end--) length--;
    OSSL_PARAM digest[] = {OSSL_PARAM_construct_utf8_string("digest", "SHA256", 0), OSSL_PARAM_construct_end()};
    mac = EVP_MAC_CTX_new(EVP_MAC_fetch(NULL, "HMAC", NULL));
    require(length > 0 && mac && EVP_MAC_init(mac, key, length, digest), "key");
}

static void authenticate(struct text part) { EVP_MAC_update(mac, (const unsigned char *)part.at, part.length); }

static int is_signed(const struct request *request) {
    if (!request->id.length || !request->timestamp.length || request->signature.length != 47) return 0;
    if (strncmp(request->signature.at, "v1,", 3)) return 0;
    if (labs(strtol(request->timestamp.at, NULL, 10) - (long)time(NULL)) > TOLERANCE) return 0;
    unsigned char code[32];
    char written[64];
    size_t length;
    struct text point = {".", 1};
    EVP_MAC_init(mac, NULL, 0, NULL); // the same key again
    authenticate(request->id);
    authenticate(point);
    authenticate(request->timestamp);
    authenticate(point);
    authenticate(request->body);
    require(EVP_MAC_final(mac, code, &length, sizeof code), "HMAC");
    EVP_EncodeBlock((unsigned char *)written, code, length);
    return !CRYPTO_memcmp(written, request->signature.at + 3, 44);
}

// MARK: SQLite

static sqlite3_stmt *prepared(const char *sql) {
    sqlite3_stmt *statement;
    require(sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK, sql);
    return statement;
}

static void step(sqlite3_stmt *statement) {
    require(sqlite3_step(statement) == SQLITE_DONE, sqlite3_sql(statement));
    sqlite3_reset(statement);
}

static void open_database(const char *path) {
    require(sqlite3_open(path, &database) == SQLITE_OK, path);
    const char *sql = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, received INTEGER NOT NULL,"
        " body BLOB NOT NULL)";
    require(sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK, "schema");
    begin = prepared("BEGIN IMMEDIATE");
    insert = prepared("INSERT INTO events (id, received, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    commit = prepared("COMMIT");
}

// Stores an event once, in the transaction at hand.
static void store(const struct request *request) {
    if (sqlite3_get_autocommit(database)) step(begin);
    sqlite3_bind_text(insert, 1, request->id.at, request->id.length, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 2, time(NULL));
    sqlite3_bind_blob(insert, 3, request->body.at, request->body.length, SQLITE_STATIC);
    step(insert);
}

// MARK: Connections

static void hang_up(int socket) {
    free(connections[socket]);
    connections[socket] = NULL;
    close(socket);
}

static void greet(int listener, int poll) {
    int socket;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (socket >= MOST_CONNECTIONS) { close(socket); continue; }
        int yes = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        connections[socket] = calloc(1, sizeof **connections);
        require(connections[socket] != NULL, "memory");
        struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
        require(!epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event), "epoll");
    }
}

// Reads what has come; once a request is whole it is checked and stored, and the connection knows its answer. A client
// waits for its answer before it sends more.
static void receive(int socket) {
    struct connection *connection = connections[socket];
    ssize_t count = read(socket, connection->bytes + connection->held, MOST_BYTES - connection->held);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return hang_up(socket);
    connection->held += count;
    struct request request;
    long length = parse(connection->bytes, connection->held, &request);
    if (length < 0) return hang_up(socket);
    if (length == 0) return;
    connection->status = is_signed(&request) ? 200 : 401;
    if (connection->status == 200) store(&request);
    connection->held = 0;
}

static void answer(int socket) {
    struct connection *connection = connections[socket];
    if (!connection || !connection->status) return;
    const char *text = connection->status == 200 ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                                  : "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    connection->status = 0;
    if (write(socket, text, strlen(text)) < 0) hang_up(socket);
}

static int listening(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    require(!bind(listener, (struct sockaddr *)&address, sizeof address) && !listen(listener, 1024), "listen");
    return listener;
}

static void serve(int listener) {
    struct epoll_event ready[MOST_CONNECTIONS], event = {.events = EPOLLIN, .data.fd = listener};
    int poll = epoll_create1(0);
    require(!epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event), "epoll");
    while (!stopped) {
        int count = epoll_wait(poll, ready, MOST_CONNECTIONS, -1);
        for (int place = 0; place < count; place++)
            if (ready[place].data.fd == listener) greet(listener, poll);
            else receive(ready[place].data.fd);
        if (!sqlite3_get_autocommit(database)) step(commit);
        for (int place = 0; place < count; place++)
            if (ready[place].data.fd != listener) answer(ready[place].data.fd);
    }
}

int main(int count, char **arguments) {
    if (count != 4) return fprintf(stderr, "usage: ingest_webhooks PORT DATABASE SECRET\n"), 2;
    signal(SIGTERM, stop);
    signal(SIGPIPE, SIG_IGN);
    prepare_key(arguments[3]);
    open_database(arguments[2]);
    serve(listening(atoi(arguments[1])));
    sqlite3_close_v2(database);
    return 0;
}

// sink [DUMP]
// An Elasticsearch that stores nothing: takes bulk requests on 127.0.0.1 and answers 201 for every item, with almost
// no CPU time. Prints {"port":N} when it listens, and what it counted, as one JSON object, on SIGTERM.
// DUMP: a file that gets the bodies of all bulk requests, one behind the other, each in one piece.
// One thread a connection; bodies are not compressed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECEIVE_BYTES = 1 << 18, LONGEST_HEAD_BYTES = 1 << 15 };

static atomic_llong first_bulk_ns, bulk_requests, other_requests, refused, documents, body_bytes, connections;
static int listener, dump = -1;
static pthread_mutex_t dump_lock = PTHREAD_MUTEX_INITIALIZER;

struct text {
  char *bytes;
  size_t length, room;
};

struct connection {
  int socket;
  size_t at, end;         // what was received and not yet used: in[at, end)
  struct text out, body;  // the answer; the request's body, only while dumping
  char in[RECEIVE_BYTES];
};

struct request {
  char method[8], path[2048];
  long long length;  // of the body, -1: chunked
  int is_close, is_compressed, expects_continue;
  size_t lines;
  char last, action[16];
  size_t action_length;
};

static void append(struct text *text, const char *bytes, size_t length) {
  if (text->length + length > text->room) {
    text->room = 2 * (text->length + length);
    text->bytes = realloc(text->bytes, text->room);
    if (!text->bytes) abort();
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
}

static int receive(struct connection *c) {
  if (c->at == c->end) c->at = c->end = 0;
  if (c->end == RECEIVE_BYTES) {
    memmove(c->in, c->in + c->at, c->end - c->at);
    c->end -= c->at;
    c->at = 0;
    if (c->end == RECEIVE_BYTES) return 0;
  }
  ssize_t got;
  do got = recv(c->socket, c->in + c->end, RECEIVE_BYTES - c->end, 0);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return 0;
  c->end += (size_t)got;
  return 1;
}

static int send_all(int socket, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return 0;
    bytes += sent;
    length -= (size_t)sent;
  }
  return 1;
}

// Up to and with `mark`; 0 when the peer has gone or the text is too long.
static char *receive_until(struct connection *c, const char *mark, size_t *length) {
  for (;;) {
    char *found = memmem(c->in + c->at, c->end - c->at, mark, strlen(mark));
    if (found) {
      char *start = c->in + c->at;
      *length = (size_t)(found - start) + strlen(mark);
      c->at += *length;
      return start;
    }
    if (c->end - c->at > LONGEST_HEAD_BYTES || !receive(c)) return 0;
  }
}

static int has_word(const char *value, const char *end, const char *word) {
  size_t length = strlen(word);
  for (; value + length <= end; value++)
    if (!strncasecmp(value, word, length)) return 1;
  return 0;
}

static const char *header_value(const char *line, const char *end, const char *name) {
  size_t length = strlen(name);
  if ((size_t)(end - line) <= length || strncasecmp(line, name, length) || line[length] != ':') return 0;
  return line + length + 1;
}

static void read_header(struct request *r, const char *line, const char *end) {
  const char *value;
  if ((value = header_value(line, end, "content-length")) && r->length >= 0) r->length = strtoll(value, 0, 10);
  if ((value = header_value(line, end, "transfer-encoding")) && has_word(value, end, "chunked")) r->length = -1;
  if ((value = header_value(line, end, "connection")) && has_word(value, end, "close")) r->is_close = 1;
  if ((value = header_value(line, end, "content-encoding"))) r->is_compressed = !has_word(value, end, "identity");
  if (header_value(line, end, "expect")) r->expects_continue = 1;
}

static int read_head(struct connection *c, struct request *r) {
  size_t length;
  char *head = receive_until(c, "\r\n\r\n", &length);
  if (!head) return 0;
  memset(r, 0, sizeof *r);
  head[length - 1] = 0;
  if (sscanf(head, "%7s %2047s", r->method, r->path) != 2) return 0;
  for (char *line = strstr(head, "\r\n") + 2; line < head + length - 2;) {
    char *end = strstr(line, "\r\n");
    if (!end) break;
    read_header(r, line, end);
    line = end + 2;
  }
  return 1;
}

static int is_bulk(const struct request *r) {
  size_t path = strcspn(r->path, "?");
  return r->method[0] == 'P' && path >= 6 && !memcmp(r->path + path - 6, "/_bulk", 6);
}

static void see_body(struct connection *c, struct request *r, const char *bytes, size_t length) {
  if (length == 0) return;
  while (r->action_length < sizeof r->action && r->action_length < length) {
    r->action[r->action_length] = bytes[r->action_length];
    r->action_length++;
  }
  const char *end = bytes + length;
  for (const char *p = bytes; (p = memchr(p, '\n', (size_t)(end - p))); p++) r->lines++;
  r->last = end[-1];
  body_bytes += (long long)length;
  if (dump >= 0 && is_bulk(r)) append(&c->body, bytes, length);
}

static int read_exactly(struct connection *c, struct request *r, unsigned long long left) {
  while (left > 0) {
    if (c->at == c->end && !receive(c)) return 0;
    size_t part = c->end - c->at < left ? c->end - c->at : (size_t)left;
    see_body(c, r, c->in + c->at, part);
    c->at += part;
    left -= part;
  }
  return 1;
}

static int read_body(struct connection *c, struct request *r) {
  static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
  if (r->expects_continue && !send_all(c->socket, go_on, sizeof go_on - 1)) return 0;
  if (r->length >= 0) return read_exactly(c, r, (unsigned long long)r->length);
  for (;;) {
    size_t ignored;
    char *line = receive_until(c, "\r\n", &ignored);
    if (!line) return 0;
    unsigned long long length = strtoull(line, 0, 16);
    if (length > 0 && !read_exactly(c, r, length)) return 0;
    if (!receive_until(c, "\r\n", &ignored)) return 0;
    if (length == 0) return 1;
  }
}

static int answer(struct connection *c, const struct request *r, int status, const char *body, size_t length) {
  char head[320];
  int size = snprintf(head, sizeof head,
                      "HTTP/1.1 %d %s\r\nx-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\n"
                      "content-length: %zu\r\n%s\r\n",
                      status, status == 200 ? "OK" : "Refused", length, r->is_close ? "connection: close\r\n" : "");
  if (!send_all(c->socket, head, (size_t)size)) return 0;
  return !strcmp(r->method, "HEAD") || send_all(c->socket, body, length);
}

static int refuse(struct connection *c, const struct request *r, int status, const char *reason) {
  char body[256];
  int length = snprintf(body, sizeof body, "{\"error\":{\"type\":\"illegal_argument_exception\",\"reason\":\"%s\"},\"status\":%d}",
                        reason, status);
  refused++;
  return answer(c, r, status, body, (size_t)length);
}

static void save_body(struct connection *c) {
  pthread_mutex_lock(&dump_lock);
  for (size_t done = 0; done < c->body.length;) {
    ssize_t wrote = write(dump, c->body.bytes + done, c->body.length - done);
    if (wrote < 0) {
      perror("dump");
      _exit(74);
    }
    done += (size_t)wrote;
  }
  pthread_mutex_unlock(&dump_lock);
}

// The items as Elasticsearch writes them, cut down to what filter_path names.
static int answer_bulk(struct connection *c, const struct request *r) {
  if (r->is_compressed) return refuse(c, r, 415, "compressed bodies are not measured here");
  if (r->lines == 0 || r->last != '\n') return refuse(c, r, 400, "The bulk request must be terminated by a newline");
  if (r->lines % 2 != 0) return refuse(c, r, 400, "an action line without its document");
  const char *action = memmem(r->action, r->action_length, "\"create\"", 8) ? "create" : "index";
  const char *filter = strstr(r->path, "filter_path=");
  int status_only = filter && (strstr(filter, "items.*.status") || strstr(filter, "items.%2A.status"));
  char item[256];
  int length = snprintf(item, sizeof item, status_only ? ",{\"%s\":{\"status\":201}}" :
                        ",{\"%s\":{\"_index\":\"kata\",\"_id\":\"-\",\"_version\":1,\"result\":\"created\",\"_shards\":{\"total\":1,"
                        "\"successful\":1,\"failed\":0},\"_seq_no\":0,\"_primary_term\":1,\"status\":201}}", action);
  size_t count = r->lines / 2;
  c->out.length = 0;
  append(&c->out, "{\"errors\":false", 15);
  if (status_only || !filter) {
    append(&c->out, ",\"items\":[", 10);
    append(&c->out, item + 1, (size_t)length - 1);
    for (size_t i = 1; i < count; i++) append(&c->out, item, (size_t)length);
    append(&c->out, "]", 1);
  }
  append(&c->out, "}", 1);
  if (dump >= 0) save_body(c);
  documents += (long long)count;
  return answer(c, r, 200, c->out.bytes, c->out.length);
}

// What a client may ask before it sends: who are you, are you well, take this template.
static int answer_other(struct connection *c, const struct request *r) {
  static const char node[] =
      "{\"name\":\"sink\",\"cluster_name\":\"sink\",\"cluster_uuid\":\"sinksinksinksinksinkAA\",\"version\":{\"number\":\"8.15.0\","
      "\"build_flavor\":\"default\",\"lucene_version\":\"9.11.1\",\"minimum_wire_compatibility_version\":\"7.17.0\","
      "\"minimum_index_compatibility_version\":\"7.0.0\"},\"tagline\":\"You Know, for Search\"}";
  static const char health[] = "{\"cluster_name\":\"sink\",\"status\":\"green\",\"timed_out\":false,\"number_of_nodes\":1}";
  static const char done[] = "{\"acknowledged\":true}", none[] = "{\"error\":\"not found\",\"status\":404}";
  if (r->method[0] != 'G' && r->method[0] != 'H') return answer(c, r, 200, done, sizeof done - 1);
  if (!strcmp(r->path, "/") || r->path[1] == '?') return answer(c, r, 200, node, sizeof node - 1);
  if (!strncmp(r->path, "/_cluster/health", 16)) return answer(c, r, 200, health, sizeof health - 1);
  return answer(c, r, 404, none, sizeof none - 1);
}

static long long monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int serve_one(struct connection *c) {
  struct request r;
  if (!read_head(c, &r)) return 0;
  int bulk = is_bulk(&r);
  if (bulk) {
    long long unset = 0;
    atomic_compare_exchange_strong(&first_bulk_ns, &unset, monotonic_ns());
  }
  c->body.length = 0;
  if (!read_body(c, &r)) return 0;
  if (bulk) bulk_requests++;
  else other_requests++;
  return (bulk ? answer_bulk(c, &r) : answer_other(c, &r)) && !r.is_close;
}

static void *serve(void *argument) {
  struct connection *c = argument;
  while (serve_one(c)) continue;
  close(c->socket);
  free(c->out.bytes);
  free(c->body.bytes);
  free(c);
  return 0;
}

static void *accept_all(void *unused) {
  (void)unused;
  for (;;) {
    int socket = accept4(listener, 0, 0, SOCK_CLOEXEC), one = 1;
    if (socket < 0) continue;
    struct connection *c = malloc(sizeof *c);
    if (!c) abort();
    memset(c, 0, offsetof(struct connection, in));
    c->socket = socket;
    connections++;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    pthread_t thread;
    if (pthread_create(&thread, 0, serve, c)) abort();
    pthread_detach(thread);
  }
}

static void print_counts(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  printf("{\"firstBulkNs\":\"%lld\",\"bulkRequests\":%lld,\"otherRequests\":%lld,\"refused\":%lld,\"documents\":%lld,"
         "\"bodyBytes\":%lld,\"connections\":%lld,\"cpuS\":%.6f}\n",
         first_bulk_ns, bulk_requests, other_requests, refused, documents, body_bytes, connections, cpu);
  fflush(stdout);
}

int main(int argc, char **argv) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (argc > 1 && (dump = open(argv[1], O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644)) < 0) {
    perror(argv[1]);
    return 73;
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 64) ||
      getsockname(listener, (struct sockaddr *)&address, &size)) {
    perror("listen");
    return 71;
  }
  pthread_t thread;
  if (pthread_create(&thread, 0, accept_all, 0)) return 71;
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  int signal;
  sigwait(&stop, &signal);
  print_counts();
  _exit(0);
}

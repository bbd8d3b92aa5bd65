// measure RESULT COMMAND [ARGUMENT...]
// Runs a command and writes one JSON object to the file RESULT: start and end (CLOCK_MONOTONIC, ns), CPU seconds of
// the whole process tree, the peak resident set of its largest process (KiB) and how it ended.
// A small program of its own, because the peak of a process counts from its fork: a child of Node would begin with
// the memory of Node.
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: measure RESULT COMMAND [ARGUMENT...]\n", stderr);
    return 64;
  }
  // Orphans of the command come to us, so their CPU time is counted too.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int64_t start = monotonic_ns(), end = start;
  pid_t child = fork();
  if (child < 0) {
    perror("fork");
    return 71;
  }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int ended = 0, status;
  for (;;) {
    pid_t pid = wait(&status);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) break;
    if (pid == child) {
      ended = status;
      end = monotonic_ns();
    }
  }
  struct rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  FILE *out = fopen(argv[1], "w");
  if (!out) {
    perror(argv[1]);
    return 73;
  }
  fprintf(out, "{\"startNs\":\"%lld\",\"endNs\":\"%lld\",\"userS\":%.6f,\"systemS\":%.6f,\"peakKib\":%ld,", (long long)start,
          (long long)end, seconds(used.ru_utime), seconds(used.ru_stime), used.ru_maxrss);
  fprintf(out, "\"exitCode\":%d,\"signal\":%d}\n", WIFEXITED(ended) ? WEXITSTATUS(ended) : -1,
          WIFSIGNALED(ended) ? WTERMSIG(ended) : 0);
  return fclose(out) == 0 ? 0 : 74;
}

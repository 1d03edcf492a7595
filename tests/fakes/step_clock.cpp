// The system's clock as somebody sets it, for the processes that are started with LD_PRELOAD of this: wall time is off
// by the milliseconds (a little-endian int64) that the file $STEP_CLOCK holds; the monotonic clock and timers are as
// they are.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t set_by_ms() {
  static const auto* const shared = [] {
    const char* const path = std::getenv("STEP_CLOCK");
    const int file = path != nullptr ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
    void* const map = file >= 0 ? ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    if (file >= 0) ::close(file);
    return map == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(map);
  }();
  return shared != nullptr ? *shared : 0;
}

using GetTime = int (*)(clockid_t, timespec*);

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* out) {
  static const auto real = reinterpret_cast<GetTime>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, out);
  if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  const std::int64_t time = out->tv_sec * kNanoseconds + out->tv_nsec + set_by_ms() * 1'000'000;
  *out = {time / kNanoseconds, time % kNanoseconds};
  return 0;
}

extern "C" int gettimeofday(timeval* out, void*) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

extern "C" std::time_t time(std::time_t* out) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

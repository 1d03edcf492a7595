#include "session/backup/disk.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace tyndau::backup {

Result<void> write_text(const Fd& file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const auto wrote = ::write(file.get(), text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return fail_errno("cannot write", wrote == 0 ? ENOSPC : errno);
    done += static_cast<std::size_t>(wrote);
  }
  return {};
}

Result<void> write_durably(const std::filesystem::path& file, const std::string& text) {
  const Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return fail_errno("cannot create " + file.string());
  if (auto wrote = write_text(fd, text); !wrote)
    return fail(file.string() + ": " + wrote.error().what, wrote.error().code);
  if (::fsync(fd.get()) != 0) return fail_errno("cannot write " + file.string());
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail_errno("cannot open " + folder.string());
  // Some file systems (FAT, CIFS) cannot, and have nothing to make durable.
  if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != EROFS)
    return fail_errno("cannot write in " + folder.string());
  return {};
}

void set_time(const Fd& file, std::int64_t modified_ns) {
  timespec time{};
  time.tv_sec = modified_ns / 1'000'000'000;
  time.tv_nsec = modified_ns % 1'000'000'000;
  const timespec both[2] = {time, time};
  (void)::futimens(file.get(), both);
}

}  // namespace tyndau::backup

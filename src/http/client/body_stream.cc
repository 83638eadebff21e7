#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adit/error.h"
#include "adit/http.h"

#include "base/descriptor.h"
#include "base/open_file.h"
#include "base/system_reason.h"
#include "base/text/text.h"

namespace adit::http {
namespace {

constexpr int kAskStopMs = 100;

[[noreturn]] void unreadable(const std::string& name, const std::string& reason) {
  throw Error::configuration("file_unreadable", cat("Cannot read ", name, ": ", reason, '.'))
      .hint("Check the name and the permissions of the file from which the request's body is read.");
}

class DescriptorSource final : public BodySource {
 public:
  DescriptorSource(Descriptor file, std::string name) : DescriptorSource(file.get(), std::move(name)) {
    owned_ = std::move(file);
  }
  DescriptorSource(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {
    struct stat file {};
    if (::fstat(descriptor_, &file) != 0) unreadable(name_, system_reason());
    if (S_ISDIR(file.st_mode)) unreadable(name_, system_reason(EISDIR));
    const auto offset = S_ISREG(file.st_mode) ? ::lseek(descriptor_, 0, SEEK_CUR) : -1;
    // Files of the kernel (/proc, /sys) are regular files of size 0 that have content.
    if (offset < 0 || file.st_size == 0) return;
    regular_ = true;
    begin_ = next_ = offset;
    size_ = static_cast<std::uint64_t>(std::max<off_t>(0, file.st_size - offset));
  }
  DescriptorSource(const DescriptorSource&) = delete;
  DescriptorSource& operator=(const DescriptorSource&) = delete;
  ~DescriptorSource() override = default;

  [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }
  [[nodiscard]] bool rewindable() const override { return regular_ || !begun_; }
  [[nodiscard]] int descriptor() const override { return regular_ ? -1 : descriptor_; }

  void rewind() override {
    if (!rewindable())
      throw Error::failure("body_not_repeatable", cat("The request cannot be repeated: its body is read from ", name_,
                                                      ", which can be read only once."))
          .hint("Put it into a file and send that.");
    next_ = begin_;
  }

  std::size_t read(std::span<char> buffer) override {
    begun_ = true;
    for (;;) {
      const auto count = regular_ ? ::pread(descriptor_, buffer.data(), buffer.size(), next_)
                                  : ::read(descriptor_, buffer.data(), buffer.size());
      if (count >= 0) {
        next_ += count;
        return static_cast<std::size_t>(count);
      }
      if (errno == EAGAIN) {  // another program has made the terminal or pipe non-blocking
        pollfd wait{descriptor_, POLLIN, 0};
        ::poll(&wait, 1, kAskStopMs);
      } else if (errno != EINTR) {
        unreadable(name_, system_reason());
      }
    }
  }

 private:
  int descriptor_;
  /// The same descriptor, if it is to be closed.
  Descriptor owned_;
  std::string name_;
  bool regular_ = false;
  bool begun_ = false;
  off_t begin_ = 0;
  off_t next_ = 0;
  std::optional<std::uint64_t> size_;
};

class DescriptorSink final : public BodySink {
 public:
  DescriptorSink(int descriptor, std::string name, std::function<bool()> stop)
      : descriptor_(descriptor), name_(std::move(name)), stop_(std::move(stop)) {
    struct stat file {};
    waits_ = ::fstat(descriptor_, &file) == 0 && !S_ISREG(file.st_mode);
  }

  bool open(int status, const Headers& /*headers*/) override { return status >= 200 && status < 300; }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      if (waits_) await_reader();
      const auto count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count >= 0)
        bytes.remove_prefix(static_cast<std::size_t>(count));
      else if (errno == EINTR)
        end_if_stopped();
      else if (errno != EAGAIN)
        throw Error::failure("write_failed", cat("Cannot write to ", name_, ": ", system_reason(), '.'))
            .hint("The written part is not the complete answer.");
    }
  }

 private:
  void await_reader() const {
    pollfd wait{descriptor_, POLLOUT, 0};
    do end_if_stopped();
    while (::poll(&wait, 1, kAskStopMs) == 0);
  }
  void end_if_stopped() const {
    if (stop_ && stop_())
      throw Error::failure("cancelled", cat("Stopped while writing to ", name_, "."))
          .hint("The written part is not the complete answer.");
  }

  int descriptor_;
  std::string name_;
  std::function<bool()> stop_;
  bool waits_ = false;
};

}  // namespace

std::shared_ptr<BodySource> source_from_file(const std::string& path) {
  return std::make_shared<DescriptorSource>(open_file(path), path);
}

std::shared_ptr<BodySource> source_from_descriptor(int descriptor, std::string name) {
  return std::make_shared<DescriptorSource>(descriptor, std::move(name));
}

std::unique_ptr<BodySink> sink_to_descriptor(int descriptor, std::string name, std::function<bool()> stop) {
  return std::make_unique<DescriptorSink>(descriptor, std::move(name), std::move(stop));
}

Response Transport::stream(const Request& request, const Streaming& streaming) {
  auto response = send(request);
  if (streaming.sink == nullptr || !streaming.sink->open(response.status(), response.headers())) return response;
  streaming.sink->write(response.body());
  return {response.status(), response.headers(), {}};
}

}  // namespace adit::http

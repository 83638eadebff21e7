#include "http/client/outgoing.h"

#include <algorithm>

#include <curl/curl.h>
#include <poll.h>

#include "adit/error.h"

#include "base/text/text.h"

namespace adit::http {
namespace {

bool would_wait(int descriptor) {
  pollfd poll{descriptor, POLLIN, 0};
  return descriptor >= 0 && ::poll(&poll, 1, 0) == 0;
}

}  // namespace

Outgoing::Outgoing(BodySource* source) : source_(source) {
  if (source_ == nullptr) return;
  source_->rewind();
  size_ = source_->size();
}

bool Outgoing::resume() {
  if (!waits_for_source_ || would_wait(source_->descriptor())) return false;
  waits_for_source_ = false;
  return true;
}

std::size_t Outgoing::read(std::span<char> buffer) {
  try {
    if (would_wait(source_->descriptor())) {
      waits_for_source_ = true;
      return CURL_READFUNC_PAUSE;
    }
    return read_source(buffer);
  } catch (...) {
    failure_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

std::size_t Outgoing::read_source(std::span<char> buffer) {
  // If a file has grown meanwhile, only as many bytes are sent as Content-Length announced.
  if (size_) buffer = buffer.first(std::min<std::uint64_t>(buffer.size(), *size_ - taken_));
  if (buffer.empty()) return 0;
  const auto count = source_->read(buffer);
  taken_ += count;
  if (count == 0 && size_)
    throw Error::failure("request_failed", cat("The request's body ended after ", taken_, " of ", *size_, " bytes."))
        .hint("The file changed while it was being sent. Send the request again.");
  return count;
}

int Outgoing::seek(std::int64_t offset) {
  if (offset != 0 || !source_->rewindable()) return CURL_SEEKFUNC_CANTSEEK;
  try {
    source_->rewind();
  } catch (...) {
    failure_ = std::current_exception();
    return CURL_SEEKFUNC_FAIL;
  }
  taken_ = 0;
  return CURL_SEEKFUNC_OK;
}

}  // namespace adit::http

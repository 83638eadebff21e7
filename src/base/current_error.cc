#include "base/current_error.h"

#include <new>
#include <system_error>

#include "base/text/text.h"

namespace adit {
namespace {

Error as_error(std::string_view code, std::string_view what_failed) {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& error) {
    const auto* system = dynamic_cast<const std::system_error*>(&error);
    if (system != nullptr && system->code() == std::errc::resource_unavailable_try_again) return out_of_threads();
    return Error::failure(std::string(code), cat(what_failed, ": ", error.what()));
  } catch (...) {
    return Error::failure(std::string(code), cat(what_failed, ": an exception that is not a std::exception."));
  }
}

}  // namespace

Error out_of_memory() noexcept { return Error::failure("out_of_memory", "Out of memory.").retryable(); }

Error out_of_threads() {
  return Error::failure("out_of_threads", "A thread could not be started.")
      .hint("Raise the limit of processes (ulimit -u, or the container's pids limit), or look for what starts so many.")
      .retryable();
}

Error current_error(std::string_view code, std::string_view what_failed) noexcept {
  try {
    return as_error(code, what_failed);
  } catch (...) {
    return out_of_memory();
  }
}

}  // namespace adit

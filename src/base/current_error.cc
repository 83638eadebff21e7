#include "base/current_error.h"

#include <new>

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
    return Error::failure(std::string(code), cat(what_failed, ": ", error.what()));
  } catch (...) {
    return Error::failure(std::string(code), cat(what_failed, ": an exception that is not a std::exception."));
  }
}

}  // namespace

Error out_of_memory() noexcept { return Error::failure("out_of_memory", "Out of memory.").retryable(); }

Error current_error(std::string_view code, std::string_view what_failed) noexcept {
  try {
    return as_error(code, what_failed);
  } catch (...) {
    return out_of_memory();
  }
}

}  // namespace adit

#pragma once

namespace adit {

/// A deleter that calls a C library's function: `std::unique_ptr<BIO, Freed<BIO_free_all>>`.
template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

}  // namespace adit

#include "token/engine/thread_tokens.h"

#include <array>
#include <new>
#include <utility>

namespace adit::token {
namespace {

constexpr std::size_t kSlots = 64;

struct Slot {
  std::uint64_t credential = 0;
  std::uint64_t generation = 0;
  std::shared_ptr<const Issued> token;
};
using Slots = std::array<Slot, kSlots>;

/// Constant-initialised and without a destructor: reading it needs no guard, and is safe while the thread ends.
constinit thread_local Slots* slots = nullptr;

/// Owns the slots from the thread's first token until the thread ends.
struct Owner {
  Owner() : owned(std::make_unique<Slots>()) { slots = owned.get(); }
  ~Owner() {
    slots = nullptr;
    ended = true;
  }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  std::unique_ptr<Slots> owned;
  static thread_local bool ended;
};
thread_local bool Owner::ended = false;

/// Returns nullptr after the owner was destroyed: destructors of other thread-local objects may still ask for tokens.
Slots* slots_of_this_thread() noexcept {
  if (Owner::ended) return nullptr;
  try {
    thread_local Owner owner;
    return slots;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

const std::shared_ptr<const Issued>* find_thread_token(std::uint64_t credential, std::uint64_t generation) noexcept {
  if (slots == nullptr) return nullptr;
  const auto& slot = (*slots)[credential % kSlots];
  return slot.credential == credential && slot.generation == generation ? &slot.token : nullptr;
}

std::shared_ptr<const Issued> keep_thread_token(std::uint64_t credential, std::uint64_t generation,
                                                std::shared_ptr<const Issued> token) {
  auto* owned = slots_of_this_thread();
  if (owned == nullptr) return token;
  // `own` has its own reference count, and owns one reference of the shared count.
  const auto* issued = token.get();
  std::shared_ptr<const Issued> own(issued, [kept = std::move(token)](const Issued*) {});
  auto& slot = (*owned)[credential % kSlots];
  slot.token = own;
  slot.credential = credential;
  slot.generation = generation;
  return own;
}

}  // namespace adit::token

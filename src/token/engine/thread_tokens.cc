#include "token/engine/thread_tokens.h"

#include <array>
#include <new>
#include <utility>

namespace adit::token {
namespace {

constexpr std::size_t kPlaces = 64;

struct Place {
  std::uint64_t credential = 0;
  std::uint64_t generation = 0;
  std::shared_ptr<const Issued> token;
};
using Places = std::array<Place, kPlaces>;

/// Constant-initialised and without a destructor, so that reading it costs no guard, and is safe at the thread's end.
constinit thread_local Places* places = nullptr;

/// Owns the places from the thread's first token to its end.
struct Owner {
  Owner() : mine(std::make_unique<Places>()) { places = mine.get(); }
  ~Owner() {
    places = nullptr;
    ended = true;
  }
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  std::unique_ptr<Places> mine;
  static thread_local bool ended;
};
thread_local bool Owner::ended = false;

/// Destructors of other thread-local objects may ask for tokens after the owner's has run.
Places* places_of_this_thread() noexcept {
  if (Owner::ended) return nullptr;
  try {
    thread_local Owner owner;
    return places;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace

const std::shared_ptr<const Issued>* find_thread_token(std::uint64_t credential, std::uint64_t generation) noexcept {
  if (places == nullptr) return nullptr;
  const auto& place = (*places)[credential % kPlaces];
  return place.credential == credential && place.generation == generation ? &place.token : nullptr;
}

std::shared_ptr<const Issued> keep_thread_token(std::uint64_t credential, std::uint64_t generation,
                                                std::shared_ptr<const Issued> token) {
  auto* mine = places_of_this_thread();
  if (mine == nullptr) return token;
  // A reference count of this thread's own, which holds one of the shared count.
  const auto* issued = token.get();
  std::shared_ptr<const Issued> own(issued, [kept = std::move(token)](const Issued*) {});
  auto& place = (*mine)[credential % kPlaces];
  place.token = own;
  place.credential = credential;
  place.generation = generation;
  return own;
}

}  // namespace adit::token

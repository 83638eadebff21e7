#include "emulator/server/history.h"

#include <algorithm>
#include <utility>

namespace adit::emulator {
namespace {

/// Adds an item at the front and drops the oldest one if there are more than `most`.
template <typename Item>
void put_newest(std::deque<Item>& list, Item item, std::size_t most) {
  list.push_front(std::move(item));
  if (list.size() > most) list.pop_back();
}

}  // namespace

bool is_token_request(std::string_view path) {
  return path.starts_with("/ims/exchange/") || path.starts_with("/ims/token/");
}

void History::add_token(IssuedToken token) {
  const std::lock_guard lock(mutex_);
  put_newest(tokens_, std::move(token), kMostTokens);
}

void History::add_request(RequestRecord record) {
  const std::lock_guard adding(adding_);
  {
    const std::lock_guard lock(mutex_);
    Request request{.number = ++last_, .record = std::move(record)};
    const bool is_refused = request.record.status >= 400 && is_token_request(request.record.path);
    if (is_refused) put_newest(refused_, request, kMostRefused);
    put_newest(requests_, std::move(request), kMostRequests);
  }
  // Only this function changes the list, so the reference stays valid while `adding_` is held.
  if (on_request_) on_request_(requests_.front());
}

std::vector<IssuedToken> History::tokens() const {
  const std::lock_guard lock(mutex_);
  return {tokens_.begin(), tokens_.end()};
}

std::vector<History::Request> History::refused() const {
  const std::lock_guard lock(mutex_);
  return {refused_.begin(), refused_.end()};
}

std::vector<History::Request> History::requests() const {
  const std::lock_guard lock(mutex_);
  return {requests_.begin(), requests_.end()};
}

std::optional<IssuedToken> History::find(std::string_view token_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(tokens_, token_id, &IssuedToken::id);
  return found == tokens_.end() ? std::nullopt : std::optional(*found);
}

void History::watch(std::function<void(const Request&)> on_request) {
  const std::lock_guard lock(adding_);
  on_request_ = std::move(on_request);
}

}  // namespace adit::emulator

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "adit/token_verifier.h"

#include "base/text/text.h"
#include "crypto/sha256.h"

namespace adit::token {
namespace {

using Key = Sha256Digest;

/// The NUL separates the two, so that (ab, c) and (a, bc) have different keys; neither text contains a NUL.
Key key_of(const Secret& token, const std::string& client_id) {
  return Sha256().add(client_id).add(std::string_view("\0", 1)).add(token.reveal()).finish();
}

using Answer = std::shared_ptr<const ims::Validation>;

/// The remembered answers of one kind, valid or invalid, and when each expires.
class Memory {
 public:
  explicit Memory(std::size_t most) : most_(most) {}

  [[nodiscard]] Answer find(const Key& key, MonotonicTime now) {
    const auto found = answers_.find(key);
    if (found == answers_.end()) return nullptr;
    if (now < found->second.until) return found->second.answer;
    forget(found);
    return nullptr;
  }
  void remember(const Key& key, Answer answer, MonotonicTime until) {
    if (const auto old = answers_.find(key); old != answers_.end()) forget(old);
    if (most_ == 0) return;
    while (answers_.size() >= most_) forget(answers_.find(ends_.begin()->second));
    const auto end = ends_.emplace(until, key).first;
    try {
      answers_.emplace(key, Entry{std::move(answer), until});
    } catch (...) {
      ends_.erase(end);
      throw;
    }
  }
  void clear() {
    answers_.clear();
    ends_.clear();
  }
  [[nodiscard]] std::size_t size() const { return answers_.size(); }

 private:
  struct Entry {
    Answer answer;
    MonotonicTime until;
  };
  void forget(std::map<Key, Entry>::iterator entry) {
    ends_.erase({entry->second.until, entry->first});
    answers_.erase(entry);
  }

  std::size_t most_;
  std::map<Key, Entry> answers_;
  std::set<std::pair<MonotonicTime, Key>> ends_;
};

/// A request to IMS that is running, for all callers that wait for it.
struct Question {
  bool done = false;
  Answer answer;
  std::exception_ptr failure;
};

}  // namespace

struct Validations::State {
  State(Ask its_ask, ValidationOptions its_options, const Clock& its_clock)
      : ask(std::move(its_ask)),
        options(its_options),
        clock(its_clock),
        valid(options.max_valid),
        invalid(options.max_invalid) {}

  Ask ask;
  ValidationOptions options;
  const Clock& clock;
  mutable std::mutex mutex;
  std::condition_variable answered;
  Memory valid;
  Memory invalid;
  std::map<Key, std::shared_ptr<Question>> questions;

  [[nodiscard]] MonotonicTime until(const ims::Validation& answer) const {
    const auto now = clock.monotonic_now();
    if (!answer.valid) return now + options.invalid_for;
    std::chrono::nanoseconds life = options.valid_for;
    if (const auto claims = ims::read_token_claims(answer.claims)) {
      const auto left = claims->expires_at - clock.wall_now();
      life = std::min<std::chrono::nanoseconds>(life, std::chrono::nanoseconds(std::max(left, left.zero())));
    }
    return now + life;
  }
};

Validations::Validations(Ask ask, ValidationOptions options, const Clock& clock)
    : state_(std::make_unique<State>(std::move(ask), options, clock)) {}

Validations::~Validations() = default;

std::shared_ptr<const ims::Validation> Validations::check(const Secret& token, const std::string& client_id) {
  const auto key = key_of(token, client_id);
  std::unique_lock lock(state_->mutex);
  const auto now = state_->clock.monotonic_now();
  if (auto known = state_->valid.find(key, now)) return known;
  if (auto known = state_->invalid.find(key, now)) return known;
  if (const auto asked = state_->questions.find(key); asked != state_->questions.end()) {
    const auto question = asked->second;
    // No time-out: the call that is running has one.
    state_->answered.wait(lock, [&] { return question->done; });
    if (question->failure) std::rethrow_exception(question->failure);
    return question->answer;
  }
  const auto question = std::make_shared<Question>();
  state_->questions.emplace(key, question);
  lock.unlock();
  try {
    question->answer = std::make_shared<const ims::Validation>(state_->ask(token, client_id));
  } catch (...) {
    question->failure = std::current_exception();
  }
  lock.lock();
  question->done = true;
  state_->questions.erase(key);
  state_->answered.notify_all();
  if (question->failure) std::rethrow_exception(question->failure);
  try {
    auto& memory = question->answer->valid ? state_->valid : state_->invalid;
    memory.remember(key, question->answer, state_->until(*question->answer));
  } catch (...) {  // NOLINT(bugprone-empty-catch): the caller gets the answer even if it cannot be remembered.
  }
  return question->answer;
}

std::size_t Validations::size() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->valid.size() + state_->invalid.size();
}

void Validations::clear() {
  const std::scoped_lock lock(state_->mutex);
  state_->valid.clear();
  state_->invalid.clear();
}

namespace {

Validations& of_process(const ims::Ims& ims) {
  static std::mutex mutex;
  // Never destroyed: threads may call this while the process ends.
  static auto& known = *new std::map<std::string, std::unique_ptr<Validations>>;
  const std::scoped_lock lock(mutex);
  auto& validations = known[ims.url];
  if (!validations) {
    validations = std::make_unique<Validations>(
        [client = std::make_shared<ims::Client>(ims)](const Secret& token, const std::string& client_id) {
          return client->validate(token, client_id);
        });
  }
  return *validations;
}

}  // namespace

ValidatedToken validate(const Secret& token, const std::string& client_id, const std::optional<ims::Ims>& ims) {
  const auto claims = ims::unverified_claims(token.reveal());
  const auto asked_for = !client_id.empty() ? client_id : claims ? claims->client_id : std::string();
  const auto plain = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7f; });
  };
  if (!plain(token.reveal()) || !plain(asked_for)) return {.valid = false, .reason = "malformed"};
  const auto answer = of_process(ims ? *ims : ims::Ims::from_process()).check(token, asked_for);
  ValidatedToken outcome{.valid = answer->valid, .reason = answer->reason, .client_id = asked_for};
  if (!outcome.valid) return outcome;
  // The claims in IMS's answer; if it has none, those in the token, because IMS has just found it valid.
  outcome.claims = answer->claims.empty() && claims ? claims->all : answer->claims;
  if (const auto read = ims::read_token_claims(outcome.claims)) {
    outcome.scopes = read->scopes;
    if (!read->client_id.empty()) outcome.client_id = read->client_id;
  } else {
    outcome.scopes = split_list(string_member(outcome.claims, "scope"));
  }
  return outcome;
}

}  // namespace adit::token

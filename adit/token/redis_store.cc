#include "adit/token/redis_store.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <ctime>
#include <optional>

#include <hiredis/hiredis.h>
#include <unistd.h>

#include "adit/base/error.h"
#include "adit/base/text.h"

namespace adit::token {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kConnectTimeout{1'000};
constexpr milliseconds kCommandTimeout{2'000};
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{5'000};

/// Begins each script: `number_of` a record is the digits before its first blank, 0 where the record is none of ours.
constexpr std::string_view kPrelude = R"(
local record, lock, fence = KEYS[1], KEYS[2], KEYS[3]
local function number_of(text)
  local digits = text and string.match(text, '^(%d+) ')
  return digits and #digits <= 15 and tonumber(digits) or 0
end
)";

/// ARGV: number of the record already known, lease in ms. Answers record, remaining ms, number of the lock.
constexpr std::string_view kClaim = R"(
local seen = tonumber(ARGV[1])
local r = redis.call('GET', record)
local known = number_of(r)
if known ~= 0 and known ~= seen then return {r, redis.call('PTTL', record), 0} end
if redis.call('EXISTS', lock) == 1 then return {false, 0, 0} end
local last = math.max(known, seen, tonumber(redis.call('GET', fence) or 0) or 0)
local number = string.format('%.0f', last + 1)
redis.call('SET', fence, number, 'PX', 604800000)
redis.call('SET', lock, number, 'PX', ARGV[2])
return {false, 0, last + 1}
)";

/// ARGV: number, value, keep in ms.
constexpr std::string_view kPut = R"(
local number = tonumber(ARGV[1])
if number_of(redis.call('GET', record)) > number then return 0 end
if (tonumber(redis.call('GET', fence) or 0) or 0) > number then return 0 end
redis.call('SET', record, ARGV[2], 'PX', ARGV[3])
if redis.call('GET', lock) == ARGV[1] then redis.call('DEL', lock) end
return 1
)";

/// ARGV: number, lease in ms. A lock that has run out, and that nobody took since, is taken again.
constexpr std::string_view kExtend = R"(
local holder = redis.call('GET', lock)
if holder == ARGV[1] or (not holder and redis.call('GET', fence) == ARGV[1]) then
  redis.call('SET', lock, ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0
)";

constexpr std::string_view kRelease = R"(
if redis.call('GET', lock) == ARGV[1] then redis.call('DEL', lock) end
return 1
)";

/// ARGV: the only number to remove, or 0.
constexpr std::string_view kRemove = R"(
local only = tonumber(ARGV[1])
if only == 0 or number_of(redis.call('GET', record)) == only then redis.call('DEL', record) end
return 1
)";

timeval to_timeval(milliseconds time) {
  return {static_cast<time_t>(time.count() / 1000), static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

/// hiredis writes without MSG_NOSIGNAL: a server that has gone would end the program with SIGPIPE.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &former_);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;
  ~WithoutSigpipe() {
    const timespec now{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &former_, nullptr);
  }

 private:
  sigset_t pipe_{};
  sigset_t former_{};
  bool was_pending_ = false;
};

std::optional<StoreRecord> to_record(std::string_view text, long long remaining_ms) {
  StoreRecord record;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), record.fence);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits > 15 || digits >= text.size() || text[digits] != ' ' || record.fence == 0)
    return std::nullopt;
  record.sealed = text.substr(digits + 1);
  if (remaining_ms >= 0) record.remaining = milliseconds(remaining_ms);
  return record;
}

}  // namespace

struct RedisStore::Reply {
  std::unique_ptr<redisReply, void (*)(redisReply*)> reply{nullptr, [](redisReply* r) { freeReplyObject(r); }};

  [[nodiscard]] static std::string_view text(const redisReply* r) {
    return r != nullptr && r->type == REDIS_REPLY_STRING ? std::string_view(r->str, r->len) : std::string_view();
  }
  [[nodiscard]] static long long number(const redisReply* r) {
    return r != nullptr && r->type == REDIS_REPLY_INTEGER ? r->integer : 0;
  }
  [[nodiscard]] bool is_error() const { return reply->type == REDIS_REPLY_ERROR; }
  [[nodiscard]] std::string_view error() const { return {reply->str, reply->len}; }
  [[nodiscard]] const redisReply* element(std::size_t i) const {
    return reply->type == REDIS_REPLY_ARRAY && i < reply->elements ? reply->element[i] : nullptr;
  }
};

/// One connection; says why it failed in `problem`.
class RedisStore::Connection {
 public:
  explicit Connection(const RedisAddress& address)
      : context_(address.socket.empty()
                     ? redisConnectWithTimeout(address.host.c_str(), address.port, to_timeval(kConnectTimeout))
                     : redisConnectUnixWithTimeout(address.socket.c_str(), to_timeval(kConnectTimeout)),
                 redisFree) {
    if (!context_ || context_->err != 0) {
      problem_ = context_ ? std::string(static_cast<const char*>(context_->errstr)) : "out of memory";
      return;
    }
    redisSetTimeout(context_.get(), to_timeval(kCommandTimeout));
    std::vector<std::string> auth{"AUTH"};
    if (!address.user.empty()) auth.push_back(address.user);
    auth.emplace_back(address.password.reveal());
    if (!address.password.empty()) greet(auth);
    wipe(auth.back().data(), auth.back().size());
    if (problem_.empty() && address.database != 0) greet({"SELECT", std::to_string(address.database)});
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] bool usable() const { return problem_.empty() && process_ == getpid(); }

  /// Nothing where the connection failed.
  [[nodiscard]] Reply send(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    const WithoutSigpipe without;
    Reply reply;
    reply.reply.reset(static_cast<redisReply*>(
        redisCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(), sizes.data())));
    if (!reply.reply) problem_ = static_cast<const char*>(context_->errstr);
    if (!reply.reply && problem_.empty()) problem_ = "the connection was lost";
    return reply;
  }

 private:
  void greet(const std::vector<std::string>& words) {
    const auto reply = send(words);
    if (reply.reply && reply.is_error()) problem_ = reply.error();
  }

  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
  std::string problem_;
  pid_t process_ = getpid();
};

RedisStore::RedisStore(RedisAddress address) : address_(std::move(address)) {}
RedisStore::~RedisStore() = default;

void RedisStore::fail(const std::string& reason) {
  throw Error::failure("store_unavailable", cat("Redis at ", address_.to_string(), ": ", reason))
      .hint("Is the server running, and are address and password in the store's URL right?")
      .retryable();
}

RedisStore::Reply RedisStore::command(const std::vector<std::string>& words) {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now < down_until_) fail(reason_);
  // A connection that was good before may have been closed by a restart: that is worth one new one.
  for (bool reused = connection_ && connection_->usable();; reused = false) {
    const WithoutSigpipe without;
    if (!connection_ || !connection_->usable()) connection_ = std::make_unique<Connection>(address_);
    if (connection_->usable()) {
      auto reply = connection_->send(words);
      if (reply.reply) {
        pause_ = milliseconds(0);
        return reply;
      }
    }
    reason_ = connection_->problem();
    connection_.reset();
    if (reused) continue;
    pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
    down_until_ = std::chrono::steady_clock::now() + pause_;
    fail(reason_);
  }
}

RedisStore::Reply RedisStore::script(std::string_view text, const std::string& name,
                                     std::vector<std::string> arguments) {
  const auto key = cat("adit:token:{", name, "}");
  std::vector<std::string> words{"EVAL", cat(kPrelude, text), "3", key, cat(key, ":lock"), cat(key, ":fence")};
  std::move(arguments.begin(), arguments.end(), std::back_inserter(words));
  auto reply = command(words);
  if (reply.is_error() && reply.error().find("WRONGTYPE") != std::string_view::npos) {
    // Somebody put something else under our name: absent.
    static_cast<void>(command({"DEL", words[3], words[4], words[5]}));
    reply = command(words);
  }
  if (reply.is_error()) fail(std::string(reply.error()));
  return reply;
}

std::optional<StoreRecord> RedisStore::get(const std::string& name) {
  const auto reply = script("return {redis.call('GET', record), redis.call('PTTL', record)}", name, {});
  return to_record(Reply::text(reply.element(0)), Reply::number(reply.element(1)));
}

Claim RedisStore::claim(const std::string& name, std::uint64_t seen, milliseconds lease) {
  const auto reply =
      script(kClaim, name, {std::to_string(seen), std::to_string(std::max<milliseconds::rep>(lease.count(), 1))});
  return {to_record(Reply::text(reply.element(0)), Reply::number(reply.element(1))),
          static_cast<std::uint64_t>(Reply::number(reply.element(2)))};
}

bool RedisStore::put(const std::string& name, std::string_view sealed, std::uint64_t fence, milliseconds keep) {
  const auto number = std::to_string(fence);
  const auto reply = script(
      kPut, name, {number, cat(number, ' ', sealed), std::to_string(std::max<milliseconds::rep>(keep.count(), 1))});
  return Reply::number(reply.reply.get()) == 1;
}

bool RedisStore::extend(const std::string& name, std::uint64_t fence, milliseconds lease) {
  const auto reply =
      script(kExtend, name, {std::to_string(fence), std::to_string(std::max<milliseconds::rep>(lease.count(), 1))});
  return Reply::number(reply.reply.get()) == 1;
}

void RedisStore::release(const std::string& name, std::uint64_t fence) {
  static_cast<void>(script(kRelease, name, {std::to_string(fence)}));
}

void RedisStore::remove(const std::string& name, std::uint64_t only_fence) {
  static_cast<void>(script(kRemove, name, {std::to_string(only_fence)}));
}

}  // namespace adit::token

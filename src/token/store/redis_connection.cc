#include "token/store/redis_connection.h"

#include <array>
#include <cerrno>

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/block_sigpipe.h"
#include "base/system_reason.h"
#include "base/text/presentable.h"
#include "base/text/text.h"

namespace adit::token {

using std::chrono::milliseconds;

namespace {

/// The time-out for connecting to one address of a host, before the next one is tried.
constexpr milliseconds kAddressTimeout{1'000};
/// How many bytes of a server's error are shown.
constexpr std::size_t kLongestReason = 300;

[[noreturn]] void fail(std::string reason) { throw ConnectionFailure{std::move(reason)}; }
[[noreturn]] void fail_with(int error) { fail(system_reason(error)); }

[[noreturn]] void fail_tls(std::string_view what, const SSL* tls = nullptr) {
  const auto outcome = tls == nullptr ? X509_V_OK : SSL_get_verify_result(tls);
  const auto error = ERR_peek_last_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  if (outcome != X509_V_OK) fail(cat(what, ": ", X509_verify_cert_error_string(outcome)));
  fail(reason == nullptr ? std::string(what) : cat(what, ": ", reason));
}

/// Rejects files that are not regular: OpenSSL would block on a pipe, and read a device for ever.
void check_file(const std::string& path) {
  struct stat about {};
  if (path.empty()) return;
  if (stat(path.c_str(), &about) != 0) fail(cat(path, " cannot be read: ", system_reason()));
  if (!S_ISREG(about.st_mode)) fail(cat(path, " cannot be read: it is not a regular file"));
}

/// OpenSSL calls this for the passphrase of an encrypted key, instead of its own function, which would ask at the
/// terminal and wait.
int refuse_encrypted_key(char* /*buffer*/, int /*size*/, int /*writing*/, void* is_encrypted) {
  *static_cast<bool*>(is_encrypted) = true;
  return -1;
}

void use_identity(SSL_CTX* context, const RedisAddress& address) {
  bool is_encrypted = false;
  SSL_CTX_set_default_passwd_cb(context, &refuse_encrypted_key);
  SSL_CTX_set_default_passwd_cb_userdata(context, &is_encrypted);
  const bool is_used = SSL_CTX_use_certificate_chain_file(context, address.certificate_file.c_str()) == 1 &&
                       SSL_CTX_use_PrivateKey_file(context, address.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (is_used) return;
  if (is_encrypted) {
    ERR_clear_error();
    fail(cat("the key in ", address.key_file, " is encrypted; use one without a passphrase"));
  }
  fail_tls(
      cat("the certificate in ", address.certificate_file, " or the key in ", address.key_file, " cannot be used"));
}

std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls_context(const RedisAddress& address) {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!context) fail_tls("TLS cannot be used");
  for (const auto* file : {&address.ca_file, &address.certificate_file, &address.key_file}) check_file(*file);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool trusts = address.ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                          : SSL_CTX_load_verify_locations(context.get(), address.ca_file.c_str(), nullptr) == 1;
  if (!trusts) fail_tls(cat("the authorities in ", address.ca_file, " cannot be read"));
  if (!address.certificate_file.empty()) use_identity(context.get(), address);
  return context;
}

bool is_ip(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

/// Returns hiredis's own functions. They are taken from a reader that it makes, because it does not export them.
const redisReplyObjectFunctions& default_functions() {
  static const auto functions = [] {
    const std::unique_ptr<redisReader, void (*)(redisReader*)> reader(redisReaderCreate(), redisReaderFree);
    if (!reader) throw std::bad_alloc();
    return *reader->fn;
  }();
  return functions;
}

/// Replaces hiredis's own createArray, which allocates what a reply's header announces: 16 GB for `*2147483647`. A
/// template, because the type of `count` differs between versions of hiredis.
template <typename Count>
void* create_short_array(const redisReadTask* task, Count count) {
  const bool fits =
      task->parent == nullptr && count >= 0 && static_cast<std::size_t>(count) <= RedisConnection::kMaxElements;
  return fits ? default_functions().createArray(task, count) : nullptr;
}

redisReader* create_reader() {
  static redisReplyObjectFunctions functions = [] {
    auto bounded = default_functions();
    bounded.createArray = &create_short_array;
    return bounded;
  }();
  return redisReaderCreateWithFunctions(&functions);
}

}  // namespace

void FreedReply::operator()(redisReply* reply) const { freeReplyObject(reply); }
bool is_error(const RedisReply& reply) { return reply->type == REDIS_REPLY_ERROR; }
std::string_view error_of(const RedisReply& reply) {
  return std::string_view(reply->str, reply->len).substr(0, kLongestReason);
}

RedisConnection::RedisConnection(const RedisAddress& address, Deadline deadline)
    : socket_(address.socket.empty()
                  ? connect_to_host(address.host, std::to_string(address.port), {deadline}, kAddressTimeout)
                  : connect_to_unix_socket(address.socket, {deadline})),
      tls_(nullptr, SSL_free),
      reader_(create_reader(), redisReaderFree) {
  if (!reader_) throw std::bad_alloc();
  if (address.tls) shake_hands(address, deadline);
  if (!address.password.empty()) {
    expect_redis(deadline);
    std::vector<std::string> auth{"AUTH"};
    if (!address.user.empty()) auth.push_back(address.user);
    auth.emplace_back(address.password.reveal());
    greet(auth, address, deadline);
    wipe(auth.back().data(), auth.back().size());
  }
  if (address.database != 0) greet({"SELECT", std::to_string(address.database)}, address, deadline);
}

RedisConnection::~RedisConnection() = default;

void RedisConnection::shake_hands(const RedisAddress& address, Deadline deadline) {
  const auto context = tls_context(address);
  tls_.reset(SSL_new(context.get()));
  // The certificate must be for the URL's host. SNI is not sent for an IP address (RFC 6066 section 3).
  const bool named = tls_ && (is_ip(address.host)
                                  ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), address.host.c_str()) == 1
                                  : SSL_set1_host(tls_.get(), address.host.c_str()) == 1 &&
                                        SSL_set_tlsext_host_name(tls_.get(), address.host.c_str()) == 1);
  if (!named || SSL_set_fd(tls_.get(), socket_.get()) != 1) fail_tls("TLS cannot be used");
  tls_step([this] { return SSL_connect(tls_.get()); }, deadline);
}

template <typename Step>
int RedisConnection::tls_step(Step&& step, Deadline deadline) {
  while (true) {
    static_cast<void>(time_left({deadline}));
    int problem = SSL_ERROR_NONE;
    {
      const BlockSigpipe blocked;  // OpenSSL writes without MSG_NOSIGNAL.
      ERR_clear_error();
      const int done = step();
      if (done > 0) return done;
      problem = SSL_get_error(tls_.get(), done);
    }
    if (problem == SSL_ERROR_WANT_READ) {
      wait_for(socket_.get(), POLLIN, {deadline});
    } else if (problem == SSL_ERROR_WANT_WRITE) {
      wait_for(socket_.get(), POLLOUT, {deadline});
    } else if (problem == SSL_ERROR_ZERO_RETURN) {
      fail("the server closed the connection");
    } else {
      fail_tls("TLS failed", tls_.get());
    }
  }
}

void RedisConnection::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    // Checked here, too, because the deadline must also end a connection on which no call ever blocks.
    static_cast<void>(time_left({deadline}));
    ssize_t count = 0;
    if (tls_) {
      count = tls_step([&] { return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())); }, deadline);
    } else {
      count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EAGAIN) {
        wait_for(socket_.get(), POLLOUT, {deadline});
        continue;
      }
      if (count < 0 && errno != EINTR) fail_with(errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

std::size_t RedisConnection::read(char* into, std::size_t size, Deadline deadline) {
  if (tls_) {
    const auto step = [&] { return SSL_read(tls_.get(), into, static_cast<int>(size)); };
    return static_cast<std::size_t>(tls_step(step, deadline));
  }
  while (true) {
    static_cast<void>(time_left({deadline}));
    const auto count = recv(socket_.get(), into, size, 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) fail("the server closed the connection");
    if (errno == EAGAIN) {
      wait_for(socket_.get(), POLLIN, {deadline});
    } else if (errno != EINTR) {
      fail_with(errno);
    }
  }
}

RedisReply RedisConnection::send(const std::vector<std::string>& words, Deadline deadline) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* text = nullptr;
  const auto size = redisFormatCommandArgv(&text, static_cast<int>(words.size()), texts.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  // Wiped, because it may contain the password.
  const auto wiped = [size](char* bytes) {
    wipe(bytes, static_cast<std::size_t>(size));
    redisFreeCommand(bytes);
  };
  const std::unique_ptr<char, decltype(wiped)> command(text, wiped);
  write({text, static_cast<std::size_t>(size)}, deadline);
  return read_reply(deadline);
}

RedisReply RedisConnection::read_reply(Deadline deadline) {
  std::array<char, 16384> bytes{};
  std::size_t received = 0;
  while (true) {
    const auto count = read(bytes.data(), bytes.size(), deadline);
    received += count;
    if (received > kMaxReplyBytes) fail(cat("its answer is longer than ", kMaxReplyBytes, " bytes"));
    void* reply = nullptr;
    if (redisReaderFeed(reader_.get(), bytes.data(), count) != REDIS_OK ||
        redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
      fail(cat("it answers with something that Redis does not (", static_cast<const char*>(reader_->errstr), ")"));
    }
    if (reply == nullptr) continue;
    RedisReply whole(static_cast<redisReply*>(reply));
    // The rest would be read as the reply to the next command.
    if (reader_->pos < reader_->len) fail("it answers more than was requested");
    return whole;
  }
}

void RedisConnection::expect_redis(Deadline deadline) {
  const auto reply = send({"PING"}, deadline);
  const auto text = error_of(reply);
  if (reply->type == REDIS_REPLY_STATUS && text == "PONG") return;
  if (!is_error(reply)) fail("it does not answer as Redis does");
  // These errors are expected before AUTH.
  if (!text.starts_with("NOAUTH") && !text.starts_with("NOPERM")) fail(presentable(text, {}));
}

void RedisConnection::greet(const std::vector<std::string>& words, const RedisAddress& address, Deadline deadline) {
  const auto reply = send(words, deadline);
  if (is_error(reply)) fail(presentable(error_of(reply), {&address.password}));
}

}  // namespace adit::token

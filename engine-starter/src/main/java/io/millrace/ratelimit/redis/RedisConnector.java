package io.millrace.ratelimit.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Redis that is made when it can be. Making one blocks, so a thread of
 * its own does it; when it is there, Lettuce keeps it and makes it anew.
 */
final class RedisConnector implements AutoCloseable {

	private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

	private final Supplier<? extends AbstractRedisClient> client;

	// The attempt under way, or the connection.
	private final AtomicReference<@Nullable CompletableFuture<StatefulConnection<String, byte[]>>> attempt = new AtomicReference<>();

	private volatile boolean closed;

	RedisConnector(Supplier<? extends AbstractRedisClient> client) {
		this.client = client;
	}

	/**
	 * Wait for the first connection, for a bounded time.
	 * @param patience the time
	 */
	void await(Duration patience) {
		try {
			connect().get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// Told when the first request cannot be limited.
		}
	}

	/**
	 * The connection, which may have to be made first.
	 * @return completed when it is made or cannot be
	 */
	CompletableFuture<StatefulConnection<String, byte[]>> connect() {
		CompletableFuture<StatefulConnection<String, byte[]>> known = this.attempt.get();
		if (known != null && !known.isCompletedExceptionally()) {
			return known;
		}
		CompletableFuture<StatefulConnection<String, byte[]>> next = new CompletableFuture<>();
		if (this.closed || !this.attempt.compareAndSet(known, next)) {
			return CompletableFuture.failedFuture(new IllegalStateException("There is no connection to Redis"));
		}
		Thread thread = new Thread(() -> connect(next), "millrace-redis");
		thread.setDaemon(true);
		thread.start();
		return next;
	}

	private void connect(CompletableFuture<StatefulConnection<String, byte[]>> attempt) {
		try {
			StatefulConnection<String, byte[]> connection = open(this.client.get());
			attempt.complete(connection);
			if (this.closed) {
				connection.closeAsync();
			}
		}
		catch (Throwable ex) {
			attempt.completeExceptionally(ex);
		}
	}

	private static StatefulConnection<String, byte[]> open(AbstractRedisClient client) {
		if (client instanceof RedisClusterClient cluster) {
			return cluster.connect(CODEC);
		}
		return ((RedisClient) client).connect(CODEC);
	}

	@Override
	public void close() {
		this.closed = true;
		CompletableFuture<StatefulConnection<String, byte[]>> known = this.attempt.get();
		if (known != null) {
			known.thenAccept(StatefulConnection::closeAsync);
		}
	}

}

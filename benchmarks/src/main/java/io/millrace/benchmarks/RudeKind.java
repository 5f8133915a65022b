package io.millrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;

/**
 * What clients do that have no manners. Each connection does something when it is there,
 * and something once a second from then on.
 */
enum RudeKind {

	/** Connect and say nothing. */
	SILENT(5000),

	/** A head that comes byte by byte. */
	SLOW_HEAD(5000) {

		@Override
		void begin(Channel channel, Target target) {
			send(channel, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
		}

		@Override
		void second(Channel channel, Target target) {
			send(channel, "a");
		}

	},

	/** A body that comes byte by byte. */
	SLOW_BODY(1000) {

		@Override
		void begin(Channel channel, Target target) {
			send(channel, "POST " + target.post() + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
					+ "Content-Length: 100000\r\n\r\n{");
		}

		@Override
		void second(Channel channel, Target target) {
			send(channel, " ");
		}

	},

	/** Ask for much and take nothing. */
	NO_READ(500) {

		@Override
		boolean reads() {
			return false;
		}

		@Override
		void begin(Channel channel, Target target) {
			send(channel, target.get(target.big()));
		}

	},

	/** Ask for much and take a byte now and then. */
	SLOW_READ(500) {

		@Override
		boolean reads() {
			return false;
		}

		@Override
		void begin(Channel channel, Target target) {
			send(channel, target.get(target.big()));
		}

		@Override
		void second(Channel channel, Target target) {
			channel.read();
		}

	},

	/** Connect and reset, with half a request. */
	RESET(500) {

		@Override
		void begin(Channel channel, Target target) {
			reset(channel, "GET / HTTP/1.1\r\nHos");
		}

	},

	/** Ask and reset while the request waits or is served. */
	ABORT(500) {

		@Override
		void begin(Channel channel, Target target) {
			reset(channel, target.get(target.path()));
		}

	},

	/** Ask, close one's side, take the response. */
	HALF_CLOSE(200) {

		@Override
		void begin(Channel channel, Target target) {
			send(channel, target.get(target.path()));
			((DuplexChannel) channel).shutdownOutput();
		}

	},

	/** Ask again and again in one go, and take no response. */
	PIPELINE(50) {

		@Override
		boolean reads() {
			return false;
		}

		@Override
		void begin(Channel channel, Target target) {
			send(channel, target.get(target.path()).repeat(1000));
		}

		@Override
		void second(Channel channel, Target target) {
			if (channel.isWritable()) {
				begin(channel, target);
			}
		}

	},

	/** A head that does not end. */
	HUGE_HEAD(100) {

		@Override
		void begin(Channel channel, Target target) {
			send(channel, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(100_000));
		}

	},

	/** Chunks with more extension than data. */
	CHUNK_EXTENSIONS(50) {

		@Override
		void begin(Channel channel, Target target) {
			send(channel, "POST " + target.post() + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
		}

		@Override
		void second(Channel channel, Target target) {
			send(channel, ("1;" + "a".repeat(200) + "\r\na\r\n").repeat(50));
		}

	},

	/** One request, then nothing for as long as it is allowed. */
	IDLE(10000) {

		@Override
		void begin(Channel channel, Target target) {
			send(channel, target.get(target.probe()));
		}

	},

	/** The first bytes of TLS. */
	TLS(200) {

		@Override
		void begin(Channel channel, Target target) {
			byte[] hello = new byte[500];
			hello[0] = 22;
			hello[1] = 3;
			hello[2] = 1;
			channel.writeAndFlush(Unpooled.wrappedBuffer(hello));
		}

	},

	/** Anything. */
	GARBAGE(200) {

		@Override
		void begin(Channel channel, Target target) {
			byte[] bytes = new byte[2000];
			ThreadLocalRandom.current().nextBytes(bytes);
			channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
		}

	};

	private final int connections;

	RudeKind(int connections) {
		this.connections = connections;
	}

	int connections() {
		return this.connections;
	}

	String id() {
		return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
	}

	/**
	 * Whether what comes is taken.
	 * @return whether it is
	 */
	boolean reads() {
		return true;
	}

	void begin(Channel channel, Target target) {
	}

	void second(Channel channel, Target target) {
	}

	private static void send(Channel channel, String text) {
		channel.writeAndFlush(bytes(text));
	}

	private static void reset(Channel channel, String text) {
		channel.config().setOption(ChannelOption.SO_LINGER, 0);
		channel.writeAndFlush(bytes(text)).addListener(ChannelFutureListener.CLOSE);
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
	}

	/**
	 * Whom they ask.
	 *
	 * @param port the port of the server
	 * @param path a usual request
	 * @param probe a quick one
	 * @param big one whose response is large
	 * @param post one that takes a body
	 */
	record Target(int port, String path, String probe, String big, String post) {

		String get(String path) {
			return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
		}

	}

}

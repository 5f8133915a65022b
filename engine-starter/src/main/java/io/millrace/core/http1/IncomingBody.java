package io.millrace.core.http1;

import java.util.Objects;

import io.millrace.core.http.ProtocolException;
import io.millrace.core.http.ReceivedBody;
import io.millrace.core.http.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The body of the request that a connection is receiving: to whom its bytes go, and
 * whether more of them are wanted. One for all requests of a connection. Owned by the
 * event loop.
 */
final class IncomingBody {

	private final Http1Options options;

	// null where the body has ended, or never was.
	private @Nullable BodyDecoder decoder;

	private boolean wanted;

	private boolean paused;

	private boolean broken;

	private boolean continueAwaited;

	private long drainedFrom;

	private boolean upgraded;

	private boolean upgradedEnded;

	private long upgradedReceived;

	IncomingBody(Http1Options options) {
		this.options = options;
	}

	/**
	 * A head has come.
	 * @param head the head
	 * @throws ProtocolException where its body is too large
	 */
	void start(RequestHead head) throws ProtocolException {
		this.decoder = head.framing().hasBody() ? new BodyDecoder(head.framing(), this.options) : null;
		this.wanted = false;
		this.paused = false;
		this.broken = false;
		this.continueAwaited = head.expectsContinue();
	}

	/**
	 * Hand on what has come.
	 * @param in the bytes received
	 * @param receiver who gets the body
	 * @return whether there was something, and may be more
	 * @throws ProtocolException where the body is malformed or too large
	 */
	boolean receive(ByteBuf in, ReceivedBody receiver) throws ProtocolException {
		BodyDecoder body = this.decoder;
		if (body == null || this.paused || this.broken) {
			return false;
		}
		ByteBuf part = body.decode(in);
		if (part != null) {
			this.continueAwaited = false;
			this.paused = !receiver.offer(part);
		}
		if (body.isEnded()) {
			this.decoder = null;
			receiver.end(body.trailers());
		}
		return part != null;
	}

	/**
	 * The protocol was switched: what follows the request goes on as it is, to the end of
	 * the client's side. What is left of the request's body is thrown away before.
	 */
	void upgrade() {
		this.upgraded = true;
		this.paused = false;
	}

	/**
	 * Whether the protocol was switched.
	 * @return whether there will be no further request
	 */
	boolean isUpgraded() {
		return this.upgraded;
	}

	/**
	 * Hand on what has come after the protocol was switched.
	 * @param in the bytes received
	 * @param receiver who gets them
	 * @return whether there was something, and may be more
	 * @throws ProtocolException where the request's body is malformed or too large
	 */
	boolean receiveUpgraded(ByteBuf in, ReceivedBody receiver) throws ProtocolException {
		while (this.decoder != null && drain(in)) {
			// the rest of the request's body
		}
		if (this.decoder != null || this.paused || !in.isReadable()) {
			return false;
		}
		this.upgradedReceived += in.readableBytes();
		this.paused = !receiver.offer(in.readRetainedSlice(in.readableBytes()));
		return true;
	}

	/**
	 * The client sends no more, or is listened to no longer.
	 * @param receiver is told
	 */
	void endUpgraded(ReceivedBody receiver) {
		this.upgradedEnded = true;
		receiver.end(EmptyHttpHeaders.INSTANCE);
	}

	/**
	 * Throw away what has come.
	 * @param in the bytes received
	 * @return whether there was something, and may be more
	 * @throws ProtocolException where the body is malformed or too large
	 */
	boolean drain(ByteBuf in) throws ProtocolException {
		BodyDecoder body = Objects.requireNonNull(this.decoder);
		ByteBuf part = body.decode(in);
		if (part != null) {
			part.release();
		}
		if (body.isEnded()) {
			this.decoder = null;
		}
		return part != null;
	}

	/** From now on the body is thrown away. */
	void startDrain() {
		this.drainedFrom = received();
	}

	/**
	 * Whether it is not worth while to keep the connection for what has to be thrown away
	 * still, or was already.
	 * @return whether it is above the limit
	 */
	boolean isTooMuchToDrain() {
		if (this.decoder == null) {
			return false;
		}
		long left = this.decoder.remaining();
		boolean known = (left != Long.MAX_VALUE);
		return (known ? left : this.decoder.received() - this.drainedFrom) > this.options.maxDrainSize();
	}

	/**
	 * Whether the connection can be used again after this body, as far as that can be
	 * told before the response: a body that the application has asked for will be read.
	 * @return {@code false} where it is known that it cannot
	 */
	boolean mayKeepAlive() {
		if (this.continueAwaited || this.broken) {
			return false;
		}
		return this.decoder == null || this.wanted || this.decoder.remaining() == Long.MAX_VALUE || !isTooMuchToDrain();
	}

	/**
	 * Whether there is no more to come.
	 * @return whether it has ended
	 */
	boolean isEnded() {
		if (this.upgraded) {
			return this.upgradedEnded;
		}
		return this.decoder == null || this.decoder.isEnded();
	}

	/**
	 * How many bytes have come.
	 * @return the number without chunk framing, 0 once it has ended; after the protocol
	 * was switched the number since
	 */
	long received() {
		if (this.upgraded) {
			return this.upgradedReceived;
		}
		return (this.decoder != null) ? this.decoder.received() : 0;
	}

	/**
	 * Whether the consumer has enough: what comes stays with the client.
	 * @return whether it is paused
	 */
	boolean isPaused() {
		return this.paused;
	}

	/** The consumer asks for it, or has room again. */
	void resume() {
		this.wanted = true;
		this.paused = false;
	}

	/**
	 * The client is told that it may send the body, for which it may be waiting (RFC 9110
	 * §10.1.1).
	 * @return whether it is waiting: {@code true} once at most
	 */
	boolean takeContinue() {
		boolean awaited = this.continueAwaited;
		this.continueAwaited = false;
		return awaited;
	}

	/**
	 * Whether the client waits for a word before it sends the body.
	 * @return whether nothing will come without
	 */
	boolean isContinueAwaited() {
		return this.continueAwaited;
	}

	/**
	 * It is malformed, too large or too slow, and the response is on its way already:
	 * what comes is thrown away, and the connection ends with the response.
	 */
	void breakOff() {
		this.broken = true;
	}

	/**
	 * Whether what comes is thrown away while the response is still on its way.
	 * @return whether it was broken off
	 */
	boolean isBroken() {
		return this.broken;
	}

	/**
	 * Whether somebody waits for more.
	 * @return {@code false} where it has ended, is paused or was broken off
	 */
	boolean isAwaited() {
		return !isEnded() && !this.paused && !this.broken;
	}

}

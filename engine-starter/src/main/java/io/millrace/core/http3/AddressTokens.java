package io.millrace.core.http3;

import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;

/**
 * Lets a client show that it gets what is sent to its address, before anything is done
 * for it (RFC 9000 §8.1.2): it has to send back a token that only this server can have
 * made, for this address, a moment ago. The token keeps what the server would otherwise
 * have to remember, the connection id that the client chose at first:
 *
 * <pre>
 *   seconds (8) | HMAC-SHA-256 of seconds, address, port and id (32) | id (0 to 20)
 * </pre>
 *
 * The key is of this object: a token is worth nothing after a restart. For any thread.
 */
final class AddressTokens implements QuicTokenHandler {

	// RFC 9000 §8.1.3: as long as a client may take to come back, and no longer.
	private static final long LIFETIME_SECONDS = 10;

	private static final String ALGORITHM = "HmacSHA256";

	private static final int TIME_LENGTH = Long.BYTES;

	private static final int MAC_LENGTH = 32;

	private static final int ID_START = TIME_LENGTH + MAC_LENGTH;

	private final BooleanSupplier wanted;

	private final InstantSource clock;

	private final SecretKeySpec key = key();

	/**
	 * Create the tokens of a server.
	 * @param wanted whether a new client has to show its address
	 * @param clock tells the time
	 */
	AddressTokens(BooleanSupplier wanted, InstantSource clock) {
		this.wanted = wanted;
		this.clock = clock;
	}

	private static SecretKeySpec key() {
		byte[] random = new byte[MAC_LENGTH];
		new SecureRandom().nextBytes(random);
		return new SecretKeySpec(random, ALGORITHM);
	}

	@Override
	public boolean writeToken(ByteBuf out, ByteBuf id, InetSocketAddress address) {
		if (!this.wanted.getAsBoolean()) {
			return false;
		}
		long now = seconds();
		byte[] chosen = bytes(id, id.readerIndex(), id.readableBytes());
		out.writeLong(now).writeBytes(mac(now, address, chosen)).writeBytes(chosen);
		return true;
	}

	@Override
	public int validateToken(ByteBuf token, InetSocketAddress address) {
		int length = token.readableBytes();
		if (length < ID_START || length > maxTokenLength()) {
			return -1;
		}
		int start = token.readerIndex();
		long made = token.getLong(start);
		long age = seconds() - made;
		if (age < 0 || age > LIFETIME_SECONDS) {
			return -1;
		}
		byte[] mac = bytes(token, start + TIME_LENGTH, MAC_LENGTH);
		byte[] id = bytes(token, start + ID_START, length - ID_START);
		return MessageDigest.isEqual(mac, mac(made, address, id)) ? ID_START : -1;
	}

	@Override
	public int maxTokenLength() {
		return ID_START + Quic.MAX_CONN_ID_LEN;
	}

	private long seconds() {
		return TimeUnit.MILLISECONDS.toSeconds(this.clock.millis());
	}

	private static byte[] bytes(ByteBuf from, int index, int length) {
		byte[] bytes = new byte[length];
		from.getBytes(index, bytes);
		return bytes;
	}

	private byte[] mac(long seconds, InetSocketAddress address, byte[] id) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			byte[] numbers = new byte[TIME_LENGTH + 2];
			for (int i = 0; i < TIME_LENGTH; i++) {
				numbers[i] = (byte) (seconds >>> (8 * i));
			}
			numbers[TIME_LENGTH] = (byte) (address.getPort() >>> 8);
			numbers[TIME_LENGTH + 1] = (byte) address.getPort();
			mac.update(numbers);
			byte[] ip = address.getAddress().getAddress();
			mac.update((byte) ip.length);
			mac.update(ip);
			return Arrays.copyOf(mac.doFinal(id), MAC_LENGTH);
		}
		catch (GeneralSecurityException ex) {
			// Every JDK has it (java.security.Provider, required algorithms).
			throw new IllegalStateException(ex);
		}
	}

}

package io.millrace.core.http3;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AddressTokensTests {

	private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 4711);

	private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_000_000));

	private final AddressTokens tokens = new AddressTokens(() -> true, () -> this.now.get());

	@Test
	void aTokenIsGoodForTheAddressThatItWasMadeFor() {
		ByteBuf token = token();
		int start = this.tokens.validateToken(token, CLIENT);
		assertThat(start).isEqualTo(40);
		assertThat(token.slice(start, token.readableBytes() - start)).isEqualTo(id());
		assertThat(this.tokens.validateToken(token, new InetSocketAddress("192.0.2.2", 4711))).isEqualTo(-1);
		assertThat(this.tokens.validateToken(token, new InetSocketAddress("192.0.2.1", 4712))).isEqualTo(-1);
		assertThat(token.readableBytes()).isLessThanOrEqualTo(this.tokens.maxTokenLength());
	}

	@Test
	void aTokenIsGoodForSomeSeconds() {
		ByteBuf token = token();
		this.now.set(this.now.get().plusSeconds(10));
		assertThat(this.tokens.validateToken(token, CLIENT)).isPositive();
		this.now.set(this.now.get().plusSeconds(1));
		assertThat(this.tokens.validateToken(token, CLIENT)).isEqualTo(-1);
	}

	@Test
	void aTokenThatWasChangedIsNone() {
		for (int i = 0; i < 48; i++) {
			ByteBuf token = token();
			token.setByte(i, token.getByte(i) ^ 1);
			assertThat(this.tokens.validateToken(token, CLIENT)).as("byte %d", i).isEqualTo(-1);
		}
		ByteBuf token = token();
		assertThat(this.tokens.validateToken(token.slice(0, 39), CLIENT)).isEqualTo(-1);
		assertThat(this.tokens.validateToken(token.slice(0, 47), CLIENT)).isEqualTo(-1);
		assertThat(this.tokens.validateToken(Unpooled.EMPTY_BUFFER, CLIENT)).isEqualTo(-1);
		assertThat(new AddressTokens(() -> true, () -> this.now.get()).validateToken(token, CLIENT)).isEqualTo(-1);
	}

	@Test
	void noTokenIsMadeWhereNobodyWantsOne() {
		ByteBuf out = Unpooled.buffer();
		assertThat(new AddressTokens(() -> false, () -> this.now.get()).writeToken(out, id(), CLIENT)).isFalse();
		assertThat(out.isReadable()).isFalse();
	}

	private ByteBuf token() {
		ByteBuf out = Unpooled.buffer();
		assertThat(this.tokens.writeToken(out, id(), CLIENT)).isTrue();
		return out;
	}

	private static ByteBuf id() {
		return Unpooled.wrappedBuffer(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
	}

}

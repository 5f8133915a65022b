package io.millrace.core.http2;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 7541: field blocks.
 */
class FieldBlockTests extends ConformanceTests {

	/**
	 * {@code user-agent} and {@code millrace}, and {@code x-test}, with Huffman codes.
	 */
	private static final int[] USER_AGENT = { 0x87, 0xb5, 0x05, 0xb1, 0x61, 0xcc, 0x5a, 0x93 };

	private static final int[] X_TEST = { 0x85, 0xf2, 0xb2, 0x4a, 0x84, 0xff };

	private static final int[] ABC = { 0x82, 0x1c, 0x64 };

	/** The first entry of the dynamic table. */
	private static final int NEWEST = 0x80 | 62;

	private static final int USER_AGENT_INDEX = 58;

	private void is(HeaderBlock block, String field, String value) throws Exception {
		send(Frame.request(1, block));
		assertThat(client().awaitAnswer(1).header("x-echo-" + field)).isEqualTo(value);
	}

	private static HeaderBlock echo(String... fields) {
		return HeaderBlock.get("/echo-fields?" + String.join(",", fields));
	}

	private void isUndecodable(HeaderBlock block) throws Exception {
		send(Frame.request(1, block));
		isConnectionError(Http2Error.COMPRESSION_ERROR);
	}

	@Nested
	class Representations {

		@Test
		void anIndexedFieldOfTheStaticTable() throws Exception {
			is(echo("accept-encoding").raw(0x80 | 16), "accept-encoding", "gzip, deflate");
		}

		@Test
		void anIndexedFieldWithoutAValue() throws Exception {
			is(echo("user-agent").raw(0x80 | USER_AGENT_INDEX), "user-agent", "");
		}

		@ParameterizedTest
		@ValueSource(ints = { 0x40, 0x00, 0x10 })
		void aLiteralWithANameOfTheTable(int kind) throws Exception {
			HeaderBlock block = echo("user-agent").integer(kind, (kind == 0x40) ? 6 : 4, USER_AGENT_INDEX)
				.raw(3, 'a', 'b', 'c');
			is(block, "user-agent", "abc");
		}

		@ParameterizedTest
		@ValueSource(ints = { 0x40, 0x00, 0x10 })
		void aLiteralWithANewName(int kind) throws Exception {
			is(echo("x-test").raw(kind, 6, 'x', '-', 't', 'e', 's', 't', 3, 'a', 'b', 'c'), "x-test", "abc");
		}

		@ParameterizedTest
		@ValueSource(ints = { 0x40, 0x00, 0x10 })
		void aLiteralWithANewNameInHuffmanCode(int kind) throws Exception {
			is(echo("x-test").raw(kind).raw(X_TEST).raw(ABC), "x-test", "abc");
			send(Frame.request(3, echo("user-agent").raw(kind).raw(USER_AGENT).raw(ABC)));
			assertThat(client().awaitAnswer(3).header("x-echo-user-agent")).isEqualTo("abc");
		}

		@Test
		void whatWasRememberedIsKnownToLaterBlocks() throws Exception {
			is(echo("x-test").remembered("x-test", "first").raw(NEWEST), "x-test", "first,first");
			send(Frame.request(3, echo("x-test").raw(NEWEST)));
			assertThat(client().awaitAnswer(3).header("x-echo-x-test")).isEqualTo("first");
		}

		@Test
		void whatIsLargerThanTheTableEmptiesIt() throws Exception {
			send(Frame.request(1, echo().remembered("x-test", "a").remembered("x-large", "x".repeat(4096))));
			assertThat(client().awaitAnswer(1).status()).isEqualTo(200);
			send(Frame.request(3, echo("x-test").raw(NEWEST)));
			isConnectionError(Http2Error.COMPRESSION_ERROR);
		}

	}

	@Nested
	class TableSize {

		@Test
		void mayBeChangedBeforeTheFirstField() throws Exception {
			is(HeaderBlock.empty().raw(0x20).raw(toInts(echo("x-test").with("x-test", "a"))), "x-test", "a");
		}

		@Test
		void mayBeChangedTwice() throws Exception {
			is(HeaderBlock.empty().raw(0x20, 0x3f, 0xe1, 0x1f).raw(toInts(echo("x-test").with("x-test", "a"))),
					"x-test", "a");
		}

		@Test
		void ofNothingForgetsEverything() throws Exception {
			is(echo("x-test").remembered("x-test", "a"), "x-test", "a");
			send(Frame.request(3, HeaderBlock.empty().raw(0x20).raw(toInts(echo("x-test"))).raw(NEWEST)));
			isConnectionError(Http2Error.COMPRESSION_ERROR);
		}

		@Test
		void cannotBeChangedAfterAField() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0x21));
		}

		@Test
		void cannotBeLargerThanTheServerHasSaid() throws Exception {
			long most = client().setting(1, 4096);
			isUndecodable(HeaderBlock.empty().integer(0x20, 5, most + 1).raw(toInts(HeaderBlock.get("/"))));
		}

		private static int[] toInts(HeaderBlock block) {
			byte[] bytes = block.bytes();
			int[] ints = new int[bytes.length];
			for (int i = 0; i < ints.length; i++) {
				ints[i] = bytes[i] & 0xff;
			}
			return ints;
		}

	}

	@Nested
	class Mistakes {

		@Test
		void anIndexOfNothing() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0x80));
		}

		@ParameterizedTest
		@ValueSource(ints = { 62, 126 })
		void anIndexBehindTheTable(int index) throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0x80 | index));
		}

		@Test
		void anIndexOfANameBehindTheTable() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0x40 | 62, 1, 'a'));
		}

		@Test
		void paddingOfMoreThanSevenBits() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0).raw(X_TEST).raw(0x84, 0x49, 0x50, 0x9f, 0xff));
		}

		@Test
		void paddingWithZeros() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0).raw(X_TEST).raw(0x83, 0x49, 0x50, 0x90));
		}

		@Test
		void theEndOfAStringWithinIt() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0).raw(X_TEST).raw(0x87, 0xff, 0xff, 0xff, 0xfd, 0x25, 0x42, 0x7f));
		}

		@Test
		void aStringLongerThanItsBlock() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0, 6, 'x', '-', 't', 'e', 's', 't', 100, 'a'));
		}

		@Test
		void aNumberThatNeverEnds() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f));
		}

		@Test
		void aNumberThatIsCutOff() throws Exception {
			isUndecodable(HeaderBlock.get("/").raw(0xff, 0x80));
		}

	}

}

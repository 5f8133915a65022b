package io.millrace.demo.enrolment;

import org.springframework.boot.test.context.SpringBootTest;

/**
 * A connection for nearly every thread: nothing but the database puts them in order.
 */
@SpringBootTest(properties = "spring.datasource.hikari.maximum-pool-size=220")
class WidePoolEnrolmentDeskTests extends AbstractEnrolmentDeskTests {

}

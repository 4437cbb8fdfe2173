//! What serializers that look at a value's beginning have in common.

/// The methods of a serializer, with this `Ok`, that takes nothing with parts.
macro_rules! refuse_parts {
    ($ok:ty) => {
        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<$ok, JsonError> {
            Err(JsonError::Custom)
        }

        fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, JsonError> {
            Err(JsonError::Custom)
        }

        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, JsonError> {
            Err(JsonError::Custom)
        }

        fn serialize_tuple_struct(
            self,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleStruct, JsonError> {
            Err(JsonError::Custom)
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, JsonError> {
            Err(JsonError::Custom)
        }

        fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, JsonError> {
            Err(JsonError::Custom)
        }

        fn serialize_struct(
            self,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStruct, JsonError> {
            Err(JsonError::Custom)
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, JsonError> {
            Err(JsonError::Custom)
        }
    };
}

pub(super) use refuse_parts;
